// SPDX-License-Identifier: Apache-2.0
#include "core/journal_ring.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;

TEST_CASE("Every kind of record has a name and is found by it", "[journal]") {
  for (int i = 0; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    REQUIRE(record_kind(name_of(kind)) == kind);
  }
  REQUIRE_FALSE(record_kind("uart"));
}

TEST_CASE("A record keeps number, time, kind and fields; bytes are escaped", "[journal]") {
  Timeline timeline;
  JournalRing ring{timeline};
  const Journal journal{ring};
  timeline.advance(1500ms);
  journal.write(RecordKind::at, {{"command", std::string{"AT+CSQ"}}, {"took_ms", 5}, {"heard", true}});
  journal.write(RecordKind::uart_rx, {{"text", as_bytes(std::string_view{"A\r\n\x01\xFF\\", 6})}});

  REQUIRE(ring.last() == 2);
  const auto& first = ring.records().front();
  REQUIRE(first.seq == 1);
  REQUIRE(first.time == Instant{1500ms});
  REQUIRE(first.kind == RecordKind::at);
  REQUIRE(first.fields.size() == 3);
  REQUIRE(*first.find("command") == Record::Value{std::string{"AT+CSQ"}});
  REQUIRE(*first.find("took_ms") == Record::Value{std::int64_t{5}});
  REQUIRE(*first.find("heard") == Record::Value{true});
  REQUIRE(first.find("text") == nullptr);
  REQUIRE(ring.records().back().text() == R"(A\r\n\x01\xff\\)");
}

TEST_CASE("A journal without a sink takes anything and does nothing", "[journal]") {
  const Journal journal;
  REQUIRE_FALSE(journal);
  journal.write(RecordKind::power, {{"event", "on"}});
}

TEST_CASE("The ring is bounded in records and in text, and numbers go on", "[journal]") {
  Timeline timeline;
  JournalRing ring{timeline};
  const Journal journal{ring};
  for (std::size_t i = 0; i < JournalRing::kEntries + 5; ++i) journal.write(RecordKind::urc, {{"text", "x"}});
  REQUIRE(ring.records().size() == JournalRing::kEntries);
  REQUIRE(ring.records().front().seq == 6);
  REQUIRE(ring.last() == JournalRing::kEntries + 5);

  const std::string large(JournalRing::kOctets / 4, 'y');
  for (int i = 0; i < 6; ++i) journal.write(RecordKind::urc, {{"text", large}});
  REQUIRE(ring.records().size() == 4);
  REQUIRE(ring.records().back().seq == ring.last());
}

TEST_CASE("Listeners hear every record until their subscription ends", "[journal]") {
  Timeline timeline;
  JournalRing ring{timeline};
  const Journal journal{ring};
  std::vector<std::uint64_t> one, two;
  auto first = ring.listen([&](const Record& record) { one.push_back(record.seq); });
  JournalRing::Subscription second;
  second = ring.listen([&](const Record& record) {
    two.push_back(record.seq);
    second.reset();  // within its own call
  });
  journal.write(RecordKind::power, {});
  journal.write(RecordKind::power, {});
  first.reset();
  journal.write(RecordKind::power, {});
  REQUIRE(one == std::vector<std::uint64_t>{1, 2});
  REQUIRE(two == std::vector<std::uint64_t>{1});
}

TEST_CASE("Records of a channel other than the first have its number", "[journal]") {
  Timeline timeline;
  JournalRing ring{timeline};
  const Journal journal{ring};
  journal.of_channel(1).write(RecordKind::urc, {{"text", "RING"}});
  journal.of_channel(3).write(RecordKind::urc, {{"text", "RING"}});
  REQUIRE(ring.records()[0].find("channel") == nullptr);
  REQUIRE(std::get<std::int64_t>(*ring.records()[1].find("channel")) == 3);
  REQUIRE(ring.records()[1].fields.front().first == "text");
  REQUIRE_FALSE(Journal{}.of_channel(3));
  Journal{}.of_channel(3).write(RecordKind::urc, {});
}

TEST_CASE("That a command begins is told to who asks for it, and kept nowhere", "[journal]") {
  Timeline timeline;
  JournalRing ring{timeline};
  const Journal journal{ring};
  std::string heard;
  const auto all = ring.listen([&](const Record& record) { heard += name_of(record.kind); });
  auto beginnings = ring.listen_for_beginnings([&](const Record& record) {
    heard += record.text() + (record.find("channel") ? " there" : " here") + (record.seq == 0 ? ";" : "!");
  });
  journal.command_begins("AT+CSQ");
  journal.of_channel(2).command_begins("AT");
  REQUIRE(heard == "AT+CSQ here;AT there;");
  REQUIRE(ring.records().empty());
  REQUIRE(ring.last() == 0);
  beginnings.reset();
  journal.command_begins("AT+CSQ");
  journal.write(RecordKind::at, {{"command", "AT+CSQ"}});
  REQUIRE(heard == "AT+CSQ here;AT there;at");
}
