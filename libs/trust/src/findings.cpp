// SPDX-License-Identifier: Apache-2.0
#include "trust/findings.hpp"

#include "trust/authorities.hpp"

namespace kelisim::trust {

using base::Reason;

const Reason certificate_malformed{
    "certificate_malformed",
    base::Kind::invalid,
    "RFC 5280 section 4.1",
    {"Сертификат оқылмайды.", "Сертификат не читается.", "The certificate cannot be read."}};
const Reason certificate_algorithm_unknown{"certificate_algorithm_unknown",
                                           base::Kind::invalid,
                                           "RFC 5280 section 4.1.1.2",
                                           {"Сертификаттың алгоритмі белгісіз.", "Неизвестный алгоритм сертификата.",
                                            "The algorithm of the certificate is not known."}};
const Reason certificate_algorithm_legacy{
    "certificate_algorithm_legacy",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификатқа ескірген алгоритммен қол қойылған.", "Сертификат подписан устаревшим алгоритмом.",
     "The certificate is signed with an algorithm that is no longer trusted."}};
const Reason certificate_key_weak{
    "certificate_key_weak",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификат кілті тым қысқа.", "Ключ сертификата слишком короткий.", "The key of the certificate is too short."}};
const Reason certificate_not_yet_valid{
    "certificate_not_yet_valid",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификат мерзімі әлі басталған жоқ.", "Срок действия сертификата ещё не начался.",
     "The certificate is not valid yet."}};
const Reason certificate_expired{
    "certificate_expired",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификат мерзімі өткен.", "Срок действия сертификата истёк.", "The certificate has expired."}};
const Reason certificate_critical_unknown{
    "certificate_critical_unknown",
    base::Kind::invalid,
    "RFC 5280 section 4.2",
    {"Сертификатта біз білмейтін міндетті шарт бар.", "В сертификате есть обязательное условие, которого мы не знаем.",
     "The certificate has a critical extension that is not known here."}};
const Reason certificate_wrong_key_usage{
    "certificate_wrong_key_usage",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификат кілті бұл іске арналмаған.", "Ключ сертификата не предназначен для этого.",
     "The key of the certificate is not meant for this."}};
const Reason certificate_wrong_purpose{"certificate_wrong_purpose",
                                       base::Kind::invalid,
                                       "RFC 5280 section 4.2.1.12",
                                       {"Сертификат бұл мақсатқа берілмеген.", "Сертификат выдан не для этой цели.",
                                        "The certificate was not issued for this purpose."}};
const Reason certificate_role_foreign{
    "certificate_role_foreign",
    base::Kind::invalid,
    "307/НК п.60",
    {"Куәландырушы орталық мұндай рөл бере алмайды.", "Удостоверяющий центр не вправе давать такую роль.",
     "The authority that issued the certificate may not give such a role."}};
const Reason chain_no_anchor{"chain_no_anchor",
                             base::Kind::invalid,
                             "307/НК п.60",
                             {"Сертификат біз сенетін куәландырушы орталыққа апармайды.",
                              "Сертификат не ведёт к удостоверяющему центру, которому здесь доверяют.",
                              "The certificate does not lead to an authority that is trusted here."}};
const Reason chain_signature_wrong{"chain_signature_wrong",
                                   base::Kind::invalid,
                                   "RFC 5280 section 6.1.3",
                                   {"Сертификаттағы куәландырушы орталықтың қолы дұрыс емес.",
                                    "Подпись удостоверяющего центра под сертификатом неверна.",
                                    "The signature of the authority on the certificate is wrong."}};
const Reason chain_not_authority{
    "chain_not_authority",
    base::Kind::invalid,
    "RFC 5280 section 6.1.4",
    {"Сертификатты куәландырушы орталық бермеген.", "Сертификат выдан не удостоверяющим центром.",
     "The certificate was issued by one who is no authority."}};
const Reason chain_path_too_long{
    "chain_path_too_long",
    base::Kind::invalid,
    "RFC 5280 section 4.2.1.9",
    {"Сертификаттар тізбегі рұқсат етілгеннен ұзын.", "Цепочка сертификатов длиннее разрешённой.",
     "The chain of certificates is longer than allowed."}};
const Reason chain_refused_by_library{
    "chain_refused_by_library",
    base::Kind::invalid,
    "RFC 5280 section 6",
    {"Сертификаттар тізбегі тексеруден өтпеді.", "Цепочка сертификатов не прошла проверку.",
     "The chain of certificates did not pass the check."}};
const Reason revocation_not_asked{
    "revocation_not_asked",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификаттың қайтарылғаны тексерілген жоқ.", "Не проверялось, отозван ли сертификат.",
     "Nobody was asked whether the certificate is revoked."}};
const Reason revocation_unknown{
    "revocation_unknown",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификаттың қайтарылғанын қазір білу мүмкін емес.", "Сейчас нельзя узнать, отозван ли сертификат.",
     "It cannot be learned now whether the certificate is revoked."}};
const Reason certificate_revoked{"certificate_revoked",
                                 base::Kind::invalid,
                                 "307/НК п.60",
                                 {"Сертификат қайтарылған.", "Сертификат отозван.", "The certificate is revoked."}};
const Reason certificate_on_hold{
    "certificate_on_hold",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификаттың қолданылуы тоқтатылған.", "Действие сертификата приостановлено.", "The certificate is on hold."}};
const Reason certificate_not_issued{
    "certificate_not_issued",
    base::Kind::invalid,
    "RFC 6960 section 2.2",
    {"Куәландырушы орталық мұндай сертификатты білмейді.", "Удостоверяющий центр не знает такого сертификата.",
     "The authority does not know of such a certificate."}};
const Reason status_malformed{"status_malformed",
                              base::Kind::invalid,
                              "RFC 6960 section 4.2",
                              {"Сертификат күйі туралы жауап оқылмайды.", "Ответ о статусе сертификата не читается.",
                               "The answer on the status of the certificate cannot be read."}};
const Reason status_refused{"status_refused",
                            base::Kind::invalid,
                            "RFC 6960 section 2.3",
                            {"Сертификат күйін тексеру қызметі жауап бермеді.",
                             "Служба проверки статуса отказалась ответить.", "The status service refused to answer."}};
const Reason status_other_certificate{"status_other_certificate",
                                      base::Kind::invalid,
                                      "RFC 6960 section 3.2",
                                      {"Жауап басқа сертификат туралы.", "Ответ относится к другому сертификату.",
                                       "The answer is about another certificate."}};
const Reason status_nonce{
    "status_nonce",
    base::Kind::invalid,
    "RFC 8954 section 2.1",
    {"Сертификат күйі туралы жауап біздің сұрауға берілмеген.", "Ответ о статусе дан не на наш запрос.",
     "The answer on the status does not belong to our question."}};
const Reason status_responder{
    "status_responder",
    base::Kind::invalid,
    "RFC 6960 section 4.2.2.2",
    {"Жауап берушіні куәландырушы орталық тағайындамаған.", "Отвечающий не назначен удостоверяющим центром.",
     "The responder was not appointed by the authority."}};
const Reason status_signature{
    "status_signature",
    base::Kind::invalid,
    "RFC 6960 section 3.2",
    {"Сертификат күйі туралы жауаптың қолы дұрыс емес.", "Подпись под ответом о статусе неверна.",
     "The signature on the answer about the status is wrong."}};
const Reason status_stale{"status_stale",
                          base::Kind::invalid,
                          "RFC 6960 section 3.2",
                          {"Сертификат күйі туралы мәлімет ескірген.", "Сведения о статусе сертификата устарели.",
                           "What is known of the status of the certificate is too old."}};
const Reason status_from_future{
    "status_from_future",
    base::Kind::invalid,
    "RFC 6960 section 4.2.2.1",
    {"Сертификат күйі туралы мәлімет болашақ күнімен берілген.", "Сведения о статусе сертификата датированы будущим.",
     "What is said of the status of the certificate is dated in the future."}};
const Reason status_algorithm_legacy{
    "status_algorithm_legacy",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сертификат күйі туралы жауапқа ескірген алгоритммен қол қойылған.",
     "Ответ о статусе подписан устаревшим алгоритмом.",
     "The answer on the status is signed with an algorithm that is no longer trusted."}};
const Reason status_scope{"status_scope",
                          base::Kind::invalid,
                          "RFC 5280 section 6.3.3",
                          {"Қайтарылған сертификаттар тізімі бұл сертификатқа қатысты емес.",
                           "Список отозванных сертификатов не о таких сертификатах.",
                           "The list of revoked certificates does not speak of such certificates."}};

const Reason authority_fingerprint{
    "authority_fingerprint",
    base::Kind::invalid,
    "307/НК п.60",
    {"Файлдағы сертификаттың бақылау қосындысы басқа.", "Отпечаток сертификата в файле другой.",
     "The certificate in the file has another fingerprint."}};
const Reason authority_contour{
    "authority_contour",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сынақ пен өндірістік орталықтар бірге тұрмайды.", "Тестовые и рабочие центры не смешиваются.",
     "Authorities of test and production do not mix."}};
const Reason authority_not_ca{
    "authority_not_ca",
    base::Kind::invalid,
    "RFC 5280 section 4.2.1.9",
    {"Бұл куәландырушы орталықтың сертификаты емес.", "Это не сертификат удостоверяющего центра.",
     "This is not the certificate of an authority."}};
const Reason authority_no_anchor{
    "authority_no_anchor",
    base::Kind::invalid,
    "307/НК п.60",
    {"Сенім тірегі көрсетілмеген.", "Не указан ни один якорь доверия.", "No trust anchor is named."}};

}  // namespace kelisim::trust
