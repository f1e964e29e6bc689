// SPDX-License-Identifier: Apache-2.0
#include "xmlsec.hpp"

#include <libxml/tree.h>
#include <libxml/valid.h>
#include <xmlsec/base64.h>
#include <xmlsec/buffer.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/keysdata.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#include <algorithm>
#include <exception>
#include <list>
#include <memory>

#include "ecdsa_form.hpp"
#include "trust/algorithm.hpp"
#include "xml/libxml.hpp"

namespace kelisim::trust {
namespace {

using xml::as_xml;

// One of the two; what it points to outlives the operation.
struct Keys {
    const PublicKey* verifies = nullptr;
    const SigningKey* signs = nullptr;
    std::exception_ptr failure;  // of `signs`; it must not pass through frames of C
};

// --- The key, as xmlsec1 carries it about

struct KeyData {
    xmlSecKeyData base;  // first: xmlsec1 knows no more
    Keys* keys;
};

xmlSecKeyDataType type_of_key(xmlSecKeyDataPtr data) {
    const Keys* const keys = reinterpret_cast<KeyData*>(data)->keys;
    return static_cast<xmlSecKeyDataType>(keys->signs != nullptr ? xmlSecKeyDataTypePrivate : xmlSecKeyDataTypePublic);
}

xmlSecSize size_of_key(xmlSecKeyDataPtr) {
    return 1;  // whether a key is long enough is a rule of the chain (path.cpp)
}

xmlSecKeyDataId key_klass() {
    static const std::string name = "kelisim-key";
    static const xmlSecKeyDataKlass klass = [] {
        _xmlSecKeyDataKlass made{};
        made.klassSize = sizeof(xmlSecKeyDataKlass);
        made.objSize = sizeof(KeyData);
        made.name = as_xml(name);
        made.getType = type_of_key;
        made.getSize = size_of_key;
        return made;
    }();
    return &klass;
}

// --- Digests and signatures, as transforms at the end of a chain

struct Klass {
    _xmlSecTransformKlass base{};  // first: an xmlSecTransformId points here
    std::string uri;
    DigestAlgorithm digest{};
    SignatureAlgorithm signature{};
};

struct Transform {
    xmlSecTransform base;  // first: xmlsec1 knows no more
    base::Bytes* message;
    Keys* keys;
};

Transform* own(xmlSecTransformPtr transform) {
    return reinterpret_cast<Transform*>(transform);
}

const Klass& klass_of(xmlSecTransformPtr transform) {
    return *reinterpret_cast<const Klass*>(transform->id);
}

// Nothing thrown may leave for C; what could not be done is -1 there.
template <class Action>
int guarded(Action action) {
    try {
        return action();
    } catch (const std::exception&) {
        return -1;
    }
}

int initialise(xmlSecTransformPtr transform) {
    return guarded([&] {
        own(transform)->message = new base::Bytes;
        own(transform)->keys = nullptr;
        return 0;
    });
}

void finalise(xmlSecTransformPtr transform) {
    delete own(transform)->message;
    own(transform)->message = nullptr;
}

int collect(xmlSecTransformPtr transform) {
    return guarded([&] {
        xmlSecBuffer& in = transform->inBuf;
        const xmlSecByte* const data = xmlSecBufferGetData(&in);
        const xmlSecSize size = xmlSecBufferGetSize(&in);
        if (size == 0) return 0;
        own(transform)->message->insert(own(transform)->message->end(), data, data + size);
        return xmlSecBufferRemoveHead(&in, size);
    });
}

base::Bytes finish(xmlSecTransformPtr transform, bool is_digest) {
    const Klass& klass = klass_of(transform);
    const base::Bytes& message = *own(transform)->message;
    if (is_digest) return digest(klass.digest, {message});
    const SigningKey& key = *own(transform)->keys->signs;
    base::Bytes signature = key.sign(message);
    if (key_kind(klass.signature) == KeyKind::ec) return ecdsa_concatenated(signature, *key.chain().front().key());
    return signature;
}

template <bool is_digest>
int execute(xmlSecTransformPtr transform, int last, xmlSecTransformCtxPtr) {
    if (transform->status == xmlSecTransformStatusNone) transform->status = xmlSecTransformStatusWorking;
    if (transform->status == xmlSecTransformStatusFinished) return 0;
    if (collect(transform) < 0) return -1;
    if (last == 0) return 0;
    transform->status = xmlSecTransformStatusFinished;
    if (transform->operation != xmlSecTransformOperationSign) return 0;
    return guarded([&] {
        try {
            const base::Bytes out = finish(transform, is_digest);
            return xmlSecBufferAppend(&transform->outBuf, out.data(), static_cast<xmlSecSize>(out.size()));
        } catch (...) {
            if (own(transform)->keys != nullptr) own(transform)->keys->failure = std::current_exception();
            return -1;
        }
    });
}

int verify_digest(xmlSecTransformPtr transform, const xmlSecByte* data, xmlSecSize size, xmlSecTransformCtxPtr) {
    return guarded([&] {
        const base::Bytes computed = digest(klass_of(transform).digest, {*own(transform)->message});
        const bool same = std::ranges::equal(computed, base::BytesView(data, size));
        transform->status = same ? xmlSecTransformStatusOk : xmlSecTransformStatusFail;
        return 0;
    });
}

int verify_signature(xmlSecTransformPtr transform, const xmlSecByte* data, xmlSecSize size, xmlSecTransformCtxPtr) {
    return guarded([&] {
        const bool right = xml_signature_verifies(*own(transform)->keys->verifies, klass_of(transform).signature,
                                                  *own(transform)->message, {data, size});
        transform->status = right ? xmlSecTransformStatusOk : xmlSecTransformStatusFail;
        return 0;
    });
}

int require_key(xmlSecTransformPtr transform, xmlSecKeyReqPtr requirement) {
    const bool signs = transform->operation == xmlSecTransformOperationSign;
    requirement->keyId = key_klass();
    requirement->keyType = static_cast<xmlSecKeyDataType>(signs ? xmlSecKeyDataTypePrivate : xmlSecKeyDataTypePublic);
    requirement->keyUsage = static_cast<xmlSecKeyUsage>(signs ? xmlSecKeyUsageSign : xmlSecKeyUsageVerify);
    return 0;
}

int set_key(xmlSecTransformPtr transform, xmlSecKeyPtr key) {
    const xmlSecKeyDataPtr data = xmlSecKeyGetValue(key);
    if (data == nullptr || data->id != key_klass()) return -1;
    own(transform)->keys = reinterpret_cast<KeyData*>(data)->keys;
    return 0;
}

Klass& add(std::list<Klass>& klasses, std::string uri) {
    Klass& made = klasses.emplace_back();
    made.uri = std::move(uri);
    made.base.klassSize = sizeof(xmlSecTransformKlass);
    made.base.objSize = sizeof(Transform);
    made.base.name = made.base.href = as_xml(made.uri);
    made.base.initialize = initialise;
    made.base.finalize = finalise;
    made.base.getDataType = xmlSecTransformDefaultGetDataType;
    made.base.pushBin = xmlSecTransformDefaultPushBin;
    made.base.popBin = xmlSecTransformDefaultPopBin;
    return made;
}

void add_digest(std::list<Klass>& klasses, std::string uri, DigestAlgorithm algorithm) {
    Klass& made = add(klasses, std::move(uri));
    made.digest = algorithm;
    made.base.usage = xmlSecTransformUsageDigestMethod;
    made.base.verify = verify_digest;
    made.base.execute = execute<true>;
}

void add_signature(std::list<Klass>& klasses, std::string uri, SignatureAlgorithm algorithm) {
    Klass& made = add(klasses, std::move(uri));
    made.signature = algorithm;
    made.base.usage = xmlSecTransformUsageSignatureMethod;
    made.base.setKeyReq = require_key;
    made.base.setKey = set_key;
    made.base.verify = verify_signature;
    made.base.execute = execute<false>;
}

std::list<Klass> make_klasses() {
    std::list<Klass> made;  // a list: xmlsec1 keeps pointers to them
    for (const auto algorithm :
         {DigestAlgorithm::sha1, DigestAlgorithm::sha256, DigestAlgorithm::sha384, DigestAlgorithm::sha512,
          DigestAlgorithm::streebog256, DigestAlgorithm::streebog512, DigestAlgorithm::gost34311})
        add_digest(made, std::string(uri_of(algorithm)), algorithm);
    for (const auto algorithm :
         {SignatureAlgorithm::rsa_sha1, SignatureAlgorithm::rsa_sha256, SignatureAlgorithm::rsa_sha384,
          SignatureAlgorithm::rsa_sha512, SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384,
          SignatureAlgorithm::ecdsa_sha512, SignatureAlgorithm::gost2015_512, SignatureAlgorithm::gost2015_256,
          SignatureAlgorithm::gost2004})
        add_signature(made, std::string(uri_of(algorithm)), algorithm);
    // Names for SHA-1 that no standard has and НУЦ РК's software writes (pki.md 3.1).
    add_digest(made, "http://www.w3.org/2001/04/xmldsig-more#sha1", DigestAlgorithm::sha1);
    add_signature(made, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1", SignatureAlgorithm::rsa_sha1);
    return made;
}

void ignore_error(const char*, int, const char*, const char*, const char*, int, const char*) {}

// xmlsec1 keeps its lists of transforms in global variables. They are filled here, once, by whoever comes first, while others
// wait; after that they are only read, so contexts may be used on several threads at once.
const std::list<Klass>& library() {
    static const std::list<Klass> klasses = make_klasses();
    static const bool ready = [] {
        xmlSecErrorsSetCallback(ignore_error);  // its messages quote documents
        if (xmlSecInit() < 0) throw base::Outage("xmlsec1: xmlSecInit failed");
        xmlSecErrorsSetCallback(ignore_error);
        xmlSecBase64SetDefaultLineSize(0);  // line breaks within ds:SignedInfo are signed too; ours has none
        for (const Klass& klass : klasses)
            if (xmlSecTransformIdsRegister(&klass.base) < 0) throw base::Outage("xmlsec1: a transform was not taken");
        return true;
    }();
    static_cast<void>(ready);
    return klasses;
}

// --- One operation

struct FreeContext {
    void operator()(xmlSecDSigCtx* context) const { xmlSecDSigCtxDestroy(context); }
};
using Context = std::unique_ptr<xmlSecDSigCtx, FreeContext>;

void require(int returned, const char* what) {
    if (returned < 0) throw base::Outage(std::string("xmlsec1: ") + what);
}

// Owned by the context that it is put into.
xmlSecKeyPtr make_key(Keys& keys) {
    xmlSecKeyPtr const key = xmlSecKeyCreate();
    const xmlSecKeyDataPtr data = xmlSecKeyDataCreate(key_klass());
    if (key == nullptr || data == nullptr || xmlSecKeySetValue(key, data) < 0) throw base::Outage("xmlsec1: no memory");
    reinterpret_cast<KeyData*>(data)->keys = &keys;
    return key;
}

// read_form() has let nothing else through; this is the second lock, on the side of the library that acts.
Context make_context(Keys& keys) {
    Context context{xmlSecDSigCtxCreate(nullptr)};
    if (context == nullptr) throw base::Outage("xmlsec1: no memory");
    context->flags = XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    context->enabledReferenceUris = xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
    for (const xmlSecTransformId id :
         {xmlSecTransformInclC14NGetKlass(), xmlSecTransformInclC14NWithCommentsGetKlass(),
          xmlSecTransformExclC14NGetKlass(), xmlSecTransformExclC14NWithCommentsGetKlass()}) {
        require(xmlSecDSigCtxEnableReferenceTransform(context.get(), id), "EnableReferenceTransform");
        require(xmlSecDSigCtxEnableSignatureTransform(context.get(), id), "EnableSignatureTransform");
    }
    require(xmlSecDSigCtxEnableReferenceTransform(context.get(), xmlSecTransformEnvelopedGetKlass()), "enveloped");
    for (const Klass& klass : library()) {
        if (klass.base.usage == xmlSecTransformUsageDigestMethod)
            require(xmlSecDSigCtxEnableReferenceTransform(context.get(), &klass.base), "EnableReferenceTransform");
        else
            require(xmlSecDSigCtxEnableSignatureTransform(context.get(), &klass.base), "EnableSignatureTransform");
    }
    context->signKey = make_key(keys);
    return context;
}

// Without a document type no attribute is an ID by itself; this one becomes it, and no other (xml:id apart, whose doubles
// Document::by_id() has refused).
void make_id(xml::Element element, const std::string& id) {
    if (id.empty()) return;
    xmlNode* const node = element.libxml();
    for (xmlAttr* each = node->properties; each != nullptr; each = each->next) {
        const xml::XmlText value{xmlNodeListGetString(node->doc, each->children, 1)};
        if (xml::as_view(value.get()) != id) continue;
        if (xmlGetID(node->doc, as_xml(id)) == nullptr) xmlAddID(nullptr, node->doc, as_xml(id), each);
        return;
    }
}

// The bytes that the one Reference's digest is of, and whether it fits.
const xmlSecDSigReferenceCtx* reference_of(xmlSecDSigCtx& context) {
    if (xmlSecPtrListGetSize(&context.signedInfoReferences) != 1) return nullptr;
    return static_cast<xmlSecDSigReferenceCtx*>(xmlSecPtrListGetItem(&context.signedInfoReferences, 0));
}

}  // namespace

XmlsecAnswer xmlsec_verify(xml::Element signature, xml::Element referred, const std::string& id, const PublicKey& key) {
    library();
    const xml::Quiet quiet;
    Keys keys{.verifies = &key, .signs = nullptr, .failure = nullptr};
    const Context context = make_context(keys);
    make_id(referred, id);
    const int returned = xmlSecDSigCtxVerify(context.get(), signature.libxml());
    using Kind = XmlsecAnswer::Kind;
    const xmlSecDSigReferenceCtx* const reference = reference_of(*context);
    if (returned < 0 || reference == nullptr) return {.kind = Kind::not_computable, .content = {}};
    if (reference->status != xmlSecDSigStatusSucceeded) return {.kind = Kind::digest_differs, .content = {}};
    if (context->status != xmlSecDSigStatusSucceeded) return {.kind = Kind::signature_differs, .content = {}};
    const xmlSecBufferPtr bytes =
        xmlSecDSigReferenceCtxGetPreDigestBuffer(const_cast<xmlSecDSigReferenceCtx*>(reference));
    if (bytes == nullptr) return {.kind = Kind::not_computable, .content = {}};
    const xmlSecByte* const data = xmlSecBufferGetData(bytes);
    return {.kind = Kind::valid, .content = base::Bytes(data, data + xmlSecBufferGetSize(bytes))};
}

bool xmlsec_sign(xml::Element signature, xml::Element referred, const std::string& id, const SigningKey& key) {
    library();
    const xml::Quiet quiet;
    Keys keys{.verifies = nullptr, .signs = &key, .failure = nullptr};
    const Context context = make_context(keys);
    make_id(referred, id);
    const int returned = xmlSecDSigCtxSign(context.get(), signature.libxml());
    if (keys.failure) std::rethrow_exception(keys.failure);
    return returned >= 0 && context->status == xmlSecDSigStatusSucceeded;
}

}  // namespace kelisim::trust
