// SPDX-License-Identifier: Apache-2.0
#include "channel/reply.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.hpp"

namespace kelisim::channel {
namespace {

// KDP-7.1, LAW-36.3b: a reply SMS is an answer however people write it.
TEST(Reply, ReadsYes) {
    for (std::string_view text : {"иә", "Иә!", "ИӘ", "ия", "да", "Да.", " ДА ", "dа", "yes", "YES", "уеѕ", "yеs", "da",
                                  "да да", "\"да\"", "келісемін", "Согласна", "d\xd0\xb0"}) {
        EXPECT_EQ(read_reply(text), Reply{Word::yes}) << text;
    }
}

TEST(Reply, ReadsNo) {
    for (std::string_view text :
         {"жоқ", "ЖОҚ", "жок", "нет", "Нет!", "HET", "нeт", "no", "net", "joq", "zhok", "отказ", "нет\n", "НЕТ НЕТ"}) {
        EXPECT_EQ(read_reply(text), Reply{Word::no}) << text;
    }
}

TEST(Reply, ReadsNumbersInAnyDigits) {
    for (std::string_view text : {"1", " 1.", "1)", "１", "«1»", "1\r\n", "1️⃣", "١", "۱", "1 1", "\t1 "}) {
        EXPECT_EQ(read_reply(text), Reply{Number{1}}) << text;
    }
    EXPECT_EQ(read_reply("2"), Reply{Number{2}});
    EXPECT_EQ(read_reply("11"), Reply{Number{11}});
    EXPECT_EQ(read_reply("0"), Reply{Number{0}});
}

TEST(Reply, NeverGuesses) {
    const std::string too_long(base::limits::sms_reply_bytes_max + 1, '1');
    for (std::string_view text : {std::string_view(""),
                                  std::string_view(" "),
                                  std::string_view("?"),
                                  std::string_view("да нет"),
                                  std::string_view("1 2"),
                                  std::string_view("1 или 2"),
                                  std::string_view("не знаю"),
                                  std::string_view("нету денег"),
                                  std::string_view("дай"),
                                  std::string_view("yesterday"),
                                  std::string_view("none"),
                                  std::string_view("123"),
                                  std::string_view("1a"),
                                  std::string_view("l"),
                                  std::string_view("что это"),
                                  std::string_view("-"),
                                  std::string_view("\xff\xfe"),
                                  std::string_view("\xd0"),
                                  std::string_view("да, но потом"),
                                  std::string_view("не согласен"),
                                  std::string_view("99999999999999999999"),
                                  std::string_view(too_long)}) {
        EXPECT_EQ(read_reply(text), Reply{Unclear{}}) << text;
    }
}

}  // namespace
}  // namespace kelisim::channel
