// SPDX-License-Identifier: Apache-2.0
#include "connector/book.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "store/temporary_directory.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::connector {
namespace {

using namespace std::chrono_literals;

class Books : public ::testing::Test {
protected:
    Books() { reopen(); }
    void reopen() {
        database_.reset();
        const store_sqlite::Options options{.directory = directory_.path(), .schema = migrations()};
        if (!std::filesystem::exists(directory_.path() / "kelisim.db")) store_sqlite::init(options);
        database_ = store_sqlite::Database::open(options);
    }
    base::Result<Consent> add(const Ask& ask, std::string_view key = {}) {
        return store::run(database_->writer(),
                          [&](store::WriteSession& session) { return book_.add(session, ask, key, now_); });
    }
    std::optional<Consent> find(const ConsentId& id, const Book& book) {
        std::optional<Consent> found;
        database_->readers().read([&](store::ReadSession& session) { found = book.find(session, id); });
        return found;
    }
    bool move(const Consent& consent, State from) {
        return store::run(database_->writer(),
                          [&](store::WriteSession& session) { return book_.move(session, consent, from, now_); });
    }
    std::size_t forget_ended(base::Time before) {
        return store::run(database_->writer(),
                          [&](store::WriteSession& session) { return book_.forget_ended(session, before); });
    }

    base::Result<SentMessage> add_sent(const ConsentId& consent, std::string_view key, std::string_view asked,
                                       const std::string& content, base::Time now) {
        const SentMessage message{.content = content,
                                  .token = base::Secret<std::string>("token of " + content),
                                  .proof_key = base::Secret<std::string>("key of " + content)};
        return store::run(database_->writer(), [&](store::WriteSession& session) {
            return book_.add_sent(session, consent, key, asked, message, now);
        });
    }
    // What is sent under the key now, where a message of that content would be the next.
    std::string sent(const ConsentId& consent, std::string_view key, const std::string& content) {
        return add_sent(consent, key, "all", content, now_)->content;
    }

    store::contract::TemporaryDirectory directory_;
    base::SeededEntropy entropy_{7};
    const Book book_{crypto::make_seal_key(entropy_), entropy_};
    const base::Time now_ = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h;
    const Ask ask_{.person = *base::Iin::parse("450810100013"), .purpose = "loan-application", .fields = {"surname"}};
    std::unique_ptr<store_sqlite::Database> database_;
};

TEST_F(Books, KeepWhatWasAsked) {
    Consent consent = *add(ask_);
    EXPECT_EQ(consent.state, State::asking);
    reopen();
    EXPECT_EQ(find(consent.id, book_)->ask, ask_);
    EXPECT_EQ(find(consent.id, book_)->asked, now_);
    EXPECT_FALSE(find(ConsentId::make(now_, {}, entropy_), book_));
    consent.state = State::waiting;
    consent.auth_req_id = "r-1";
    EXPECT_TRUE(move(consent, State::asking));
    consent.state = State::ended;
    consent.reasons = {"a", "b"};
    EXPECT_TRUE(move(consent, State::waiting));
    reopen();
    EXPECT_EQ(find(consent.id, book_)->auth_req_id, "r-1");
    EXPECT_EQ(find(consent.id, book_)->reasons, (Codes{"a", "b"}));
}

TEST_F(Books, TakeTheFirstOfTwoResults) {
    Consent first = *add(ask_);
    Consent second = first;
    first.state = State::waiting;
    first.auth_req_id = "r-1";
    EXPECT_TRUE(move(first, State::asking));
    second.state = State::refused;
    EXPECT_FALSE(move(second, State::asking));
    EXPECT_EQ(find(first.id, book_)->state, State::waiting);
}

TEST_F(Books, AskOnceUnderOneKey) {
    const Consent first = *add(ask_, "k");
    EXPECT_EQ(add(ask_, "k")->id, first.id);
    EXPECT_NE(add(ask_, "other")->id, first.id);
    EXPECT_NE(add(ask_)->id, add(ask_)->id);
    Ask changed = ask_;
    changed.fields = {"name"};
    EXPECT_EQ(add(changed, "k").error().first().code, repeat_key_taken.code);
}

TEST_F(Books, SealWhatIsAboutAPerson) {
    Consent consent = *add(ask_, "case of 450810100013");
    consent.state = State::waiting;
    consent.auth_req_id = "secret-name";
    EXPECT_TRUE(move(consent, State::asking));
    database_.reset();
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
        std::ifstream in(file.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        for (const char* text : {"450810100013", "loan-application", "surname", "secret-name"})
            EXPECT_EQ(bytes.find(text), std::string::npos) << file.path() << " " << text;
    }
    reopen();
    const Book other(crypto::make_seal_key(entropy_), entropy_);
    EXPECT_THROW(find(consent.id, other), base::Outage);
}

TEST_F(Books, ForgetWhatEnded) {
    Consent refused = *add(ask_, "k");
    const Consent waiting = *add(ask_);
    refused.state = State::refused;
    EXPECT_TRUE(move(refused, State::asking));
    EXPECT_EQ(forget_ended(now_), 0U);
    EXPECT_EQ(forget_ended(now_ + 1s), 1U);
    EXPECT_FALSE(find(refused.id, book_));
    EXPECT_TRUE(find(waiting.id, book_));
    EXPECT_NE(add(ask_, "k")->id, refused.id);
}

TEST_F(Books, AMessageGoesAgainAsItWent) {
    const ConsentId one = add(ask_)->id, other = add(ask_)->id;
    EXPECT_EQ(sent(one, "case-1", "first"), "first");
    reopen();
    EXPECT_EQ(sent(one, "case-1", "second"), "first");
    EXPECT_EQ(add_sent(one, "case-1", "all", "second", now_)->token.reveal(), "token of first");
    EXPECT_EQ(add_sent(one, "case-1", "all", "second", now_)->proof_key.reveal(), "key of first");
    // Another key, another person's consent.
    EXPECT_EQ(sent(one, "case-2", "third"), "third");
    EXPECT_EQ(sent(other, "case-1", "fourth"), "fourth");
}

TEST_F(Books, AnotherMessageUnderTheSameKeyIsRefused) {
    const ConsentId one = add(ask_)->id;
    database_->readers().read(
        [&](store::ReadSession& session) { EXPECT_FALSE(book_.sent(session, one, "case-1", "all").value()); });
    EXPECT_EQ(sent(one, "case-1", "first"), "first");
    database_->readers().read([&](store::ReadSession& session) {
        EXPECT_EQ(book_.sent(session, one, "case-1", "all").value()->content, "first");
        EXPECT_TRUE(book_.sent(session, one, "case-1", "something else").has_error());
    });
    const auto refused = add_sent(one, "case-1", "something else", "second", now_);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().first().code, "connector_repeat_key_taken");
    EXPECT_EQ(sent(one, "case-1", "third"), "first");
}

TEST_F(Books, AMessageIsForgottenWhenItIsDroppedStaleOrItsConsentForgotten) {
    const ConsentId one = add(ask_)->id, other = add(ask_)->id;
    const auto run = [&](auto work) { store::run(database_->writer(), work); };
    EXPECT_EQ(sent(one, "case-1", "first"), "first");
    run([&](store::WriteSession& session) { book_.drop_sent(session, one, "case-1"); });
    EXPECT_EQ(sent(one, "case-1", "second"), "second");
    EXPECT_EQ(sent(other, "case-1", "third"), "third");
    run([&](store::WriteSession& session) { book_.forget(session, one); });
    EXPECT_EQ(sent(one, "case-1", "fourth"), "fourth");
    EXPECT_EQ(sent(other, "case-1", "fifth"), "third");
    // The gateway takes a message within 48 hours of its date.
    EXPECT_EQ(add_sent(other, "case-1", "all", "sixth", now_ + 48h)->content, "third");
    EXPECT_EQ(add_sent(other, "case-1", "all", "seventh", now_ + 48h + 1s)->content, "seventh");
}

TEST_F(Books, NothingOfASentMessageStandsOpenOnTheDisk) {
    sent(add(ask_)->id, "secret-case", "<iin>450810100013</iin>");
    database_.reset();
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
        std::ifstream in(file.path(), std::ios::binary);
        const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        for (const char* open : {"450810100013", "secret-case", "token of", "key of"})
            EXPECT_EQ(text.find(open), std::string::npos) << file.path();
    }
}

}  // namespace
}  // namespace kelisim::connector
