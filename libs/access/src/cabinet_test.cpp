// SPDX-License-Identifier: Apache-2.0
#include "access/cabinet.hpp"

#include <gmock/gmock.h>

#include "access/erasure.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"
#include "facts.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class CabinetTest : public ::testing::Test {
protected:
    records::Subject subject(const people::Person& person) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin).value(); });
    }
    Page<UseView> uses(const people::Person& person, std::size_t max, std::optional<base::RawId> before = {}) {
        return world.look([&](store::ReadSession& session) {
            return cabinet().uses(session, subject(person), {.before = before, .max = max});
        });
    }
    consent::UseId use(const IssuedToken& token, const people::Person& person) {
        return std::get<Reserved>(reserve(world, call_with(id_of(token), person.iin))).id;
    }
    std::vector<base::RawId> all_pages(const people::Person& person, std::size_t max) {
        std::vector<base::RawId> ids;
        std::optional<base::RawId> before;
        do {
            const auto page = uses(person, max, before);
            for (const UseView& view : page.items)
                ids.push_back(view.id);
            before = page.next;
        } while (before);
        return ids;
    }
    const Cabinet& cabinet() const { return world.service->persons.cabinet; }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

// LAW-36.4: every use of every consent, newest first, whatever the page.
TEST_F(CabinetTest, UsesOfAllConsentsAreOneListWhateverThePage) {
    const auto one = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto two = redeem(world, granted(world, person::abai()), world.bank()).value();
    std::vector<base::RawId> newest_first;
    for (const IssuedToken* token : {&one, &two, &two, &one, &two, &one}) {
        newest_first.insert(newest_first.begin(), use(*token, person::abai()));
        world.clock.advance(7ms);
    }
    for (std::size_t max = 1; max <= newest_first.size() + 1; ++max)
        EXPECT_EQ(all_pages(person::abai(), max), newest_first) << max;
    EXPECT_THAT(uses(person::ybyrai(), 10).items, IsEmpty()) << "another person's";
}

TEST_F(CabinetTest, APageIsNotMovedByWhatArrives) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto oldest = use(token, person::abai());
    world.clock.advance(1s);
    const auto middle = use(token, person::abai());
    const auto first = uses(person::abai(), 1);
    world.clock.advance(1s);
    use(token, person::abai());
    const auto second = uses(person::abai(), 1, first.next);
    EXPECT_EQ(first.items.front().id, middle);
    EXPECT_EQ(second.items.front().id, oldest);
    EXPECT_FALSE(second.next);
}

// LAW-16-18: one's own looks stand between the uses of others.
TEST_F(CabinetTest, OwnLooksAreSeenLikeAnyUse) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto before = use(token, person::abai());
    world.clock.advance(1s);
    const auto me = subject(person::abai()).id;
    const auto look = world.unit([&](store::WriteSession& session) {
        return world.service->persons.own_data.begin(session, {.by = me, .whose = me}, "GBDFLUniversal_token",
                                                     world.clock.now());
    });
    ASSERT_TRUE(look.has_value());
    world.clock.advance(1s);
    const auto after = use(token, person::abai());
    EXPECT_THAT(all_pages(person::abai(), 2), ElementsAre(after, look->id, before));
    const auto view = uses(person::abai(), 2).items.back();
    EXPECT_FALSE(view.consent);
    EXPECT_EQ(view.record.receiver, own_data_client);
    EXPECT_FALSE(
        std::holds_alternative<Reserved>(reserve(world, call_with(consent::TokenId{look->id}, person::abai().iin))))
        << "its token opens nothing at the gateway";
}

TEST_F(CabinetTest, ALookThatNobodyConcludedBecomesUnknown) {
    const auto me = subject(person::abai()).id;
    world.unit([&](store::WriteSession& session) {
        world.service->persons.own_data
            .begin(session, {.by = me, .whose = me}, "GBDFLUniversal_token", world.clock.now())
            .value();
    });
    world.clock.advance(1h);
    world.unit([&](store::WriteSession& session) { sweep(world.service->parts, session, world.clock.now()); });
    EXPECT_EQ(uses(person::abai(), 1).items.front().state, consent::UseState::unknown);
}

TEST_F(CabinetTest, OwnDataAreOfAServiceThatHasSome) {
    const auto me = subject(person::abai()).id;
    const auto look = world.unit([&](store::WriteSession& session) {
        return world.service->persons.own_data.begin(session, {.by = me, .whose = me}, "NoSuchService",
                                                     world.clock.now());
    });
    EXPECT_TRUE(look.error().has(own_data_no_service));
}

TEST_F(CabinetTest, AnEndedConsentSaysByWhenItsDataAreDeleted) {
    const auto request = granted(world, person::abai());
    const auto id = world.consent_of(request).id;
    const auto view = [&] {
        return world.look([&](store::ReadSession& session) {
            return cabinet().consent(session, subject(person::abai()), id, world.clock.now()).value();
        });
    };
    EXPECT_FALSE(view().delete_by) << "it holds";
    world.clock.advance(31 * 24h);
    EXPECT_EQ(view().consent.state, consent::ConsentState::expired) << "the clock decides, not the scheduler";
    EXPECT_EQ(view().delete_by, view().consent.granted + base::parse_period("P1Y").value());
}

// LAW-36.4: attempts are shown among the uses, with what spoke against them.
TEST_F(CabinetTest, RefusedCallsAreListedAmongTheUses) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto before = use(token, person::abai());
    world.clock.advance(1s);
    UseCommand wrong = call_with(id_of(token), person::abai().iin);
    wrong.fields = {"surname", "deathDate", std::string(base::limits::name_bytes_max + 1, 'x')};
    EXPECT_TRUE(std::holds_alternative<Objected>(reserve(world, wrong)));
    world.clock.advance(1s);
    const auto after = use(token, person::abai());
    const auto seen = uses(person::abai(), 10).items;
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0].id, after);
    EXPECT_EQ(seen[2].id, before);
    EXPECT_THAT(seen[1].refused_for, ElementsAre(&consent::use_fields_outside));
    EXPECT_THAT(seen[1].record.fields, ElementsAre("surname", "deathDate")) << "what is kept of it is bounded";
    EXPECT_EQ(seen[1].record.receiver, "DEMOBANK");
    EXPECT_EQ(seen[1].consent, seen[0].consent);
    EXPECT_THAT(all_pages(person::abai(), 1), ElementsAre(seen[0].id, seen[1].id, seen[2].id));
    EXPECT_THAT(uses(person::ybyrai(), 10).items, IsEmpty());
}

TEST_F(CabinetTest, RefusedCallsOfADayAreKeptUpToALimitForEachConsent) {
    const auto one = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto two = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto refused = [&](const IssuedToken& token) {
        UseCommand wrong = call_with(id_of(token), person::ybyrai().iin);
        EXPECT_TRUE(std::get<Objected>(reserve(world, wrong)).refusal.has(consent::use_person_differs));
        world.clock.advance(1ms);
    };
    for (std::size_t i = 0; i < base::limits::refused_uses_kept_a_day + 1; ++i)
        refused(one);
    EXPECT_EQ(uses(person::abai(), 100).items.size(), base::limits::refused_uses_kept_a_day);
    refused(two);
    EXPECT_EQ(uses(person::abai(), 100).items.size(), base::limits::refused_uses_kept_a_day + 1)
        << "one does not swallow the trace of another";
    EXPECT_THAT(uses(person::ybyrai(), 100).items, IsEmpty()) << "nobody else's";
}

TEST_F(CabinetTest, UsesOfOneMillisecondAreNeitherLostNorDoubled) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    std::vector<base::RawId> made;
    for (int i = 0; i < 3; ++i)
        made.push_back(use(token, person::abai()));
    std::sort(made.rbegin(), made.rend());
    EXPECT_EQ(all_pages(person::abai(), 1), made);
}

// Pages deep in the past of a long list go by steps over many uses, and show the same as a walk would.
TEST_F(CabinetTest, ALongListOfUsesIsReadFromAnyPlace) {
    const auto id = granted(world, person::abai());
    const auto consent = world.consent_of(id);
    const records::AccessRecord record{.subject = person::abai().iin,
                                       .receiver = "DEMOBANK",
                                       .service = {},
                                       .purpose = {},
                                       .fields = {},
                                       .acts = {},
                                       .employee = {}};
    std::vector<base::RawId> newest_first;
    world.unit([&](store::WriteSession& session) {
        auto found = world.records.consents.find(session, consent.id, world.records.subjects).value();
        for (int i = 0; i < 3000; ++i) {
            const auto next = consent::next_use_id(found.consent, world.clock.now(), world.entropy);
            const auto use = consent::reserve(found.consent, next, 1, world.clock.now());
            world.records.uses.add(session, {.use = use, .digest = {}}, {}, record);
            world.records.consents.update(session, found.consent);
            world.records.journal.append(session, use_fact(use, found.consent, world.clock.now()));
            newest_first.insert(newest_first.begin(), use.id);
        }
    });
    EXPECT_TRUE(std::is_sorted(newest_first.rbegin(), newest_first.rend())) << "whatever the clock says";
    for (const std::size_t at :
         std::vector<std::size_t>{0, 1, 30, 31, 32, 33, 1023, 1024, 1025, 2048, 2967, 2998, 2999}) {
        const auto page = uses(person::abai(), 2, newest_first[at]);
        std::vector<base::RawId> seen, wanted;
        for (const UseView& view : page.items)
            seen.push_back(view.id);
        for (std::size_t i = at + 1; i < newest_first.size() && wanted.size() < 2; ++i)
            wanted.push_back(newest_first[i]);
        EXPECT_EQ(seen, wanted) << at;
    }
    EXPECT_EQ(all_pages(person::abai(), 500), newest_first);
}

class WardTest : public CabinetTest {
protected:
    WardTest() {
        people::Person mother;
        mother.iin = records::testing::iin("820909200016");
        mother.surname = "Учебная";
        mother.name = "Мать";
        mother.phone = records::testing::phone("+77000000008");
        if (!world.look(
                [&](store::ReadSession& session) { return world.records.subjects.find(session, mother.iin); })) {
            world.unit(
                [&](store::WriteSession& session) { world.records.subjects.add(session, mother, world.clock.now()); });
        }
        parent = subject(mother).id;
        child = subject(person::minor()).id;
        world.unit([&](store::WriteSession& session) {
            world.records.representations.add(session, parent, child, world.clock.now());
        });
    }
    bool may_look_at(const Acting& acting) {
        return world.look(
            [&](store::ReadSession& session) { return may_look(world.service->parts, session, acting).has_value(); });
    }
    base::Result<Actors> deciding(const Acting& acting) {
        return world.look(
            [&](store::ReadSession& session) { return may_decide(world.service->parts, session, acting); });
    }
    // A yes of the representative for the child, whose language is another one.
    consent::ConsentId granted_for_child() {
        change_child([](people::Person& person) { person.language = base::Language::kk; });
        auto reader = world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, parent).value(); });
        reader.person.language = base::Language::ru;
        world.unit([&](store::WriteSession& session) { world.records.subjects.update(session, reader); });
        const auto id = try_ask(world, ask_for(person::minor().iin)).value().id;
        deliver(world);
        hear(world, reader.person, "1", "yes of the mother");
        const auto sent = deliver(world);
        EXPECT_EQ(sent.size(), 1U);
        expect_about_child(sent.back());
        return world.consent_of(id).id;
    }
    void expect_about_child(const Sms& sms) {
        EXPECT_EQ(sms.phone, records::testing::phone("+77000000008"));
        EXPECT_THAT(sms.text, StartsWith("О том, кого вы представляете (" + person::minor().name + "): "));
    }
    std::size_t wards(consent::SubjectId of) {
        return world.look(
            [&](store::ReadSession& session) { return wards_of(world.service->parts, session, of).size(); });
    }
    void change_child(const std::function<void(people::Person&)>& change) {
        auto known = subject(person::minor());
        change(known.person);
        world.unit([&](store::WriteSession& session) { world.records.subjects.update(session, known); });
    }

    consent::SubjectId parent, child;
};

// LAW-36.2
TEST_F(WardTest, EachStepIsToldToTheRepresentativeWithTheNameOfTheWard) {
    const auto consent = granted_for_child();
    const Acting mother{.by = parent, .whose = child};
    const auto& persons = world.service->persons;
    using Step =
        base::Result<void> (Steering::*)(store::WriteSession&, const Acting&, consent::ConsentId, base::Time) const;
    for (const Step step : {&Steering::pause, &Steering::resume, &Steering::withdraw}) {
        world.unit([&](store::WriteSession& session) {
            (persons.steering.*step)(session, mother, consent, world.clock.now()).value();
        });
        const auto sent = deliver(world);
        ASSERT_EQ(sent.size(), 1U);
        expect_about_child(sent.back());
    }
    world.unit([&](store::WriteSession& session) {
        persons.steering.object(session, "DEMOBANK", consent, {"шарт", "№ 17"}, world.clock.now()).value();
    });
    expect_about_child(deliver(world).at(0));
    world.unit([&](store::WriteSession& session) {
        persons.confirming.send_for_extension(session, mother, consent, world.clock.now()).value();
    });
    expect_about_child(deliver(world).at(0));
}

TEST_F(WardTest, SilenceIsToldToTheRepresentativeWithTheNameOfTheWard) {
    granted_for_child();
    const auto id = try_ask(world, ask_for(person::minor().iin)).value().id;
    deliver(world);
    world.clock.advance(base::limits::request_life_max);
    world.unit([&](store::WriteSession& session) { world.service->asking.expire(session, id, world.clock.now()); });
    expect_about_child(deliver(world).at(0));
}

// A ward may ask whether a use was allowed; the answer goes to the one who decides.
TEST_F(WardTest, TheAnswerToAQuestionGoesToTheOneWhoDecides) {
    const auto consent = granted_for_child();
    change_child([](people::Person& person) { person.phone = records::testing::phone("+77000000099"); });
    const auto request = world.look([&](store::ReadSession& session) {
        return world.records.consents.find(session, consent, world.records.subjects)->consent.request;
    });
    const auto token = redeem(world, request, world.bank()).value();
    const auto use = std::get<Reserved>(reserve(world, call_with(id_of(token), person::minor().iin))).id;
    conclude(world, use, consent::UseState::delivered);
    const auto& inquiries = world.service->persons.inquiries;
    const auto question = world.unit([&](store::WriteSession& session) {
        return inquiries.ask(session, {.by = child, .whose = child}, use, "Неге?", world.clock.now()).value();
    });
    world.unit([&](store::WriteSession& session) {
        inquiries.answer(session, "DEMOBANK", question.id, "Шарт", world.clock.now()).value();
    });
    const auto sent = deliver(world);
    ASSERT_EQ(sent.size(), 1U);
    expect_about_child(sent.back());
}

// What others do waits for the morning; what the person does is told at once.
TEST_F(WardTest, QuietHoursDelayWhatOthersDo) {
    const auto consent = granted_for_child();
    // Parts are copied into each use case, so the hours have to be there before.
    access::Parts parts = world.service->parts;
    parts.quiet_hours = channel::QuietHours::parse("00:00-23:59").value();
    const Steering by_night(parts);
    const Acting mother{.by = parent, .whose = child};
    world.unit(
        [&](store::WriteSession& session) { by_night.withdraw(session, mother, consent, world.clock.now()).value(); });
    EXPECT_EQ(deliver(world).size(), 1U) << "the word about her own step";
    world.unit([&](store::WriteSession& session) {
        by_night.object(session, "DEMOBANK", consent, {"шарт", "№ 17"}, world.clock.now()).value();
    });
    EXPECT_THAT(deliver(world), IsEmpty());
    world.clock.advance(24h);
    expect_about_child(deliver(world).at(0));
}

// LAW-36.4: the ward, grown up, sees that the representative looked; before, so does the representative.
TEST_F(WardTest, ALookOfTheRepresentativeIsShownAsThat) {
    const auto look = [&](consent::SubjectId by) {
        world.unit([&](store::WriteSession& session) {
            world.service->persons.own_data
                .begin(session, {.by = by, .whose = child}, "GBDFLUniversal_token", world.clock.now())
                .value();
        });
        world.clock.advance(1s);
    };
    look(parent);
    look(child);
    const auto seen = uses(person::minor(), 10).items;
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_FALSE(seen[0].by->representative);
    EXPECT_EQ(seen[0].by->name, "");
    EXPECT_TRUE(seen[1].by->representative);
    EXPECT_EQ(seen[1].by->name, "Учебная Восьмая");
    world.unit(
        [&](store::WriteSession& session) { erase_person(world.service->parts, session, parent, world.clock.now()); });
    const auto later = uses(person::minor(), 10).items;
    EXPECT_TRUE(later[1].by->representative);
    EXPECT_EQ(later[1].by->name, "") << "the person is no more in the books";
}

// LAW-36.2: the representative looks and decides while it lasts; the ward looks and does not decide.
TEST_F(WardTest, TheRepresentativeActsWhileItLasts) {
    EXPECT_TRUE(may_look_at({.by = parent, .whose = child}));
    EXPECT_TRUE(deciding({.by = parent, .whose = child}).has_value());
    EXPECT_EQ(wards(parent), 1U);
    EXPECT_TRUE(may_look_at({.by = child, .whose = child}));
    EXPECT_TRUE(deciding({.by = child, .whose = child}).error().has(cabinet_representative_decides));

    change_child([](people::Person& grown) { grown.minor = false; });
    EXPECT_FALSE(may_look_at({.by = parent, .whose = child})) << "of age";
    EXPECT_TRUE(deciding({.by = parent, .whose = child}).error().has(cabinet_not_found));
    EXPECT_TRUE(deciding({.by = child, .whose = child}).has_value());
    EXPECT_EQ(wards(parent), 0U);
}

TEST_F(WardTest, NobodyElseActsForThem) {
    const auto stranger = subject(person::abai()).id;
    EXPECT_FALSE(may_look_at({.by = stranger, .whose = child}));
    EXPECT_FALSE(may_look_at({.by = child, .whose = parent})) << "not the other way round";
    EXPECT_FALSE(may_look_at({.by = parent, .whose = stranger}));
    EXPECT_EQ(wards(stranger), 0U);
    change_child([](people::Person& person) { person.representative = person::abai().iin; });
    EXPECT_FALSE(may_look_at({.by = parent, .whose = child})) << "another one was appointed";
}

class InquiryTest : public CabinetTest {
protected:
    base::Result<records::UseQuestion> put(consent::UseId id, std::string_view text,
                                           const people::Person& by = person::abai()) {
        const auto me = subject(by).id;
        return world.unit([&](store::WriteSession& session) {
            return world.service->persons.inquiries.ask(session, {.by = me, .whose = me}, id, text, world.clock.now());
        });
    }
    base::Result<void> reply(records::QuestionId id, std::string_view text, std::string_view by = "DEMOBANK") {
        return world.unit([&](store::WriteSession& session) {
            return world.service->persons.inquiries.answer(session, by, id, text, world.clock.now());
        });
    }
};

TEST_F(InquiryTest, IsAskedOnceAndAnsweredOnceByTheOneWhoUsedTheData) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    const auto id = use(token, person::abai());
    EXPECT_TRUE(put(id, "").error().has(question_empty));
    EXPECT_TRUE(put(id, "?", person::ybyrai()).error().has(cabinet_not_found));
    const auto question = put(id, "Неге?");
    ASSERT_TRUE(question.has_value());
    // Five working days after Wednesday 18 November 2026.
    EXPECT_EQ(question->due, world.zone.end_of_day("2026-11-25"));
    EXPECT_TRUE(put(id, "Неге?").error().has(question_asked_before));
    deliver(world);
    EXPECT_TRUE(reply(question->id, "", "DEMOBANK").error().has(question_empty));
    EXPECT_TRUE(reply(question->id, "Иә", "DEMOINS").error().has(cabinet_not_found));
    EXPECT_TRUE(reply(question->id, "Иә").has_value());
    EXPECT_TRUE(reply(question->id, "Иә").error().has(question_answered_before));
    EXPECT_EQ(deliver(world).size(), 1U) << "the person is told";
    const auto page = world.look([&](store::ReadSession& session) {
        return cabinet().questions(session, subject(person::abai()), {.before = {}, .max = 10});
    });
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items.front().answer, "Иә");
    EXPECT_EQ(world.store.raw_bytes().find("Неге?"), std::string::npos) << "sealed at rest";
}

class OverdueTest : public InquiryTest {
protected:
    records::UseQuestion asked() {
        const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
        const auto question = put(use(token, person::abai()), "Неге?").value();
        deliver(world);
        return question;
    }
    void fall_due(records::QuestionId id) {
        world.unit([&](store::WriteSession& session) {
            world.service->persons.inquiries.fall_due(session, id, world.clock.now());
            return true;
        });
    }
    std::vector<records::UseQuestion> listed() {
        const auto page = world.look([&](store::ReadSession& session) {
            return world.service->persons.supervision.overdue_questions(session, {.before = {}, .max = 10},
                                                                        world.clock.now());
        });
        return page.items;
    }
    std::vector<records::PartyNotice> reminders() {
        return world.look([&](store::ReadSession& session) {
            return world.records.party_notices.of(session, "DEMOBANK", records::PartyNoticeKind::question_overdue, 0,
                                                  10);
        });
    }
};

TEST_F(OverdueTest, RemindsTheInitiatorTellsThePersonAndStandsOnTheListUntilItIsAnswered) {
    const auto question = asked();
    world.clock.advance(*question.due - world.clock.now());
    fall_due(question.id);
    const auto told = deliver(world);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told.front().text, HasSubstr("оған шағымдана аласыз"));
    ASSERT_EQ(reminders().size(), 1U);
    EXPECT_EQ(reminders().front().entity, question.id);
    EXPECT_THAT(world.journal_of(question.id), ElementsAre("use_question.asked", "use_question.overdue"));
    const auto list = listed();
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list.front().id, question.id);
    EXPECT_TRUE(list.front().question.empty()) << "what the person wrote is not shown";
    EXPECT_TRUE(reply(question.id, "Иә").has_value());
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(OverdueTest, ConcernsNobodyWhenItWasAnsweredInTime) {
    const auto question = asked();
    EXPECT_TRUE(reply(question.id, "Иә").has_value());
    deliver(world);
    world.clock.advance(*question.due - world.clock.now());
    fall_due(question.id);
    EXPECT_THAT(deliver(world), IsEmpty());
    EXPECT_THAT(reminders(), IsEmpty());
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(OverdueTest, DoesNotFallDueBeforeItsTime) {
    const auto question = asked();
    world.clock.advance(*question.due - world.clock.now() - base::Duration{1});
    fall_due(question.id);
    EXPECT_THAT(deliver(world), IsEmpty());
    EXPECT_THAT(reminders(), IsEmpty());
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(OverdueTest, IsForgottenWithThePerson) {
    const auto question = asked();
    world.unit([&](store::WriteSession& session) {
        erase_person(world.service->parts, session, subject(person::abai()).id, world.clock.now());
        return true;
    });
    deliver(world);
    world.clock.advance(*question.due - world.clock.now());
    fall_due(question.id);
    EXPECT_THAT(deliver(world), IsEmpty());
    EXPECT_THAT(reminders(), IsEmpty());
    EXPECT_THAT(listed(), IsEmpty()) << "nobody could answer it any more";
}

}  // namespace
}  // namespace kelisim::access
