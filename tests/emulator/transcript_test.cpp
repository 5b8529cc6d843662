// SPDX-License-Identifier: Apache-2.0
// Whole dialogues, byte for byte: tests/transcripts, format in 00_format.txt there.
#include "tests/support/transcript.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

struct Played {
  std::string file;
  device::Model model = device::Model::m95;
};

const Played kPlayed[] = {
    {"01_boot_fixed_baud.txt"},
    {"02_general_echo_and_errors.txt", device::Model::m66},  // ATI answers with this name
    {"03_pdp_bringup_seed.txt"},
    {"04_cert_ram_small.txt"},
    {"05_cert_real_reference.txt"},
    {"06_cert_short_upload.txt"},
    {"07_ssl_session_seed.txt"},
    {"08_ssl_and_tcp_coexist.txt"},
    {"09_ssl_failures.txt"},
    {"10_tcp_single.txt"},
    {"11_tcp_mux_qindi1_opentracker.txt"},
    {"12_tcp_mux_push_receive.txt"},
    {"13_tcp_transparent.txt"},
    {"14_dns_ping_ntp.txt"},
    {"15_pdp_lost.txt"},
    {"17_https_config.txt"},
    {"18_sms_text.txt"},
    {"19_voice.txt"},
    {"21_xonxoff_stuffing.txt"},
    {"23_ssl_tracker_flow_mux0.txt"},
    {"note_3_1.txt"},
    {"note_3_2.txt"},
    {"note_3_3.txt"},
};

/// A dialogue with commands that are still to come.
struct NotYet {
  std::string file;
  std::vector<std::string> world;  ///< what its start says of things that come with those commands
  std::string difference;          ///< the first: the module does not know the command yet, and that is all
};

// A file that passes moves up into the list above.
const NotYet kNotYet[] = {
    {"16_http_get_and_download.txt",
     {"RAM store empty", "http://h/a returns 5 bytes \"hello\" with Content-Length"},
     "16_http_get_and_download.txt:5: not the bytes expected\n"
     "  expected  \\r\\n+CME ERROR: 3804\\r\\n\n"
     "  actual    \\r\\nERROR\\r\\n"},
    {"20_cmux_basic.txt",
     {},
     "20_cmux_basic.txt:5: not the bytes expected\n"
     "  expected  \\r\\nOK\\r\\n\n"
     "  actual    \\r\\nERROR\\r\\n"},
    {"22_ftp_get.txt",
     {"/f.txt on the server holds 5 bytes \"hello\""},
     "22_ftp_get.txt:5: not the bytes expected\n"
     "  expected  \\r\\nOK\\r\\n\n"
     "  actual    \\r\\nERROR\\r\\n"},
};

const std::string kNoDialogue = "00_format.txt";

}  // namespace

TEST_CASE("the module answers as written, byte for byte", "[transcript]") {
  const auto& played = GENERATE(from_range(std::begin(kPlayed), std::end(kPlayed)));
  const auto difference = play(load_transcript(played.file), played.model);
  INFO(difference);
  CHECK(difference.empty());
}

TEST_CASE("what cannot pass yet fails at the first command that is still to come", "[transcript]") {
  const auto& not_yet = GENERATE(from_range(std::begin(kNotYet), std::end(kNotYet)));
  INFO("when " << not_yet.file << " passes it belongs to kPlayed");
  auto transcript = load_transcript(not_yet.file);
  for (const auto& phrase : not_yet.world) CHECK(std::erase(transcript.start, phrase) == 1);
  CHECK(play(transcript) == not_yet.difference);
}

TEST_CASE("every transcript is in one of the lists", "[transcript]") {
  std::set<std::string> listed;
  for (const auto& not_yet : kNotYet) listed.insert(not_yet.file);
  for (const auto& played : kPlayed) listed.insert(played.file);
  listed.insert(kNoDialogue);
  std::set<std::string> present;
  for (const auto& entry :
       std::filesystem::directory_iterator{std::string{QUASIMODEM_SOURCE_DIR} + "/tests/transcripts"}) {
    if (entry.is_regular_file()) present.insert(entry.path().filename());
  }
  CHECK(present == listed);
}

// ---- the player itself ----

TEST_CASE("a byte that differs is reported with its place", "[transcript]") {
  const auto said = play(parse_transcript("small", "# start: ATE0\n> AT\\r\n< \\r\\nOK \\r\\n\n"));
  CHECK(said == "small:3: not the bytes expected\n  expected  \\r\\nOK \\r\\n\n  actual    \\r\\nOK\\r\\n");
}

TEST_CASE("a missing answer is reported", "[transcript]") {
  const auto said = play(parse_transcript("small", "# start: ATE0\n> at+nothing\\n\n< \\r\\nERROR\\r\\n\n"));
  CHECK(said == "small:3: not the bytes expected\n  expected  \\r\\nERROR\\r\\n\n  actual    ");
}

TEST_CASE("an answer that is not in the transcript is reported", "[transcript]") {
  const auto between =
      GENERATE("> AT\\r\n> \n", "> AT\\r\n# @wait 1\n", "> AT\\r\n# @event peer closes\n", "> AT\\r\n");
  const auto said = play(parse_transcript("small", std::string{"# start: ATE0\n"} + between));
  CHECK(said.find("small:2: more than expected follows") == 0);
}

TEST_CASE("after a difference the play goes on with what the host says next", "[transcript]") {
  const auto transcript = parse_transcript(
      "small",
      "# start: ATE0\n> AT\\r\n< \\r\\nNO\\r\\n\n< more\n> AT\\r\n< \\r\\nOK\\r\\n\n> AT+X\\r\n< \\r\\nOK\\r\\n\n");
  const auto all = workbench::differences(transcript, workbench::World::throwaway());
  REQUIRE(all.size() == 2);
  CHECK(all[0].line == 3);
  CHECK(all[0].after == "AT\r");
  CHECK(all[0].actual == "\r\nOK\r\n");
  CHECK(all[1].line == 8);
  CHECK(all[1].actual == "\r\nERROR\r\n");
}

TEST_CASE("words that the player does not know fail", "[transcript]") {
  CHECK(play(parse_transcript("small", "# start: ATE0, full moon\n")) == "small: unknown start phrase \"full moon\"");
  CHECK(play(parse_transcript("small", "# @event it rains\n")) == "small:1: unknown event \"it rains\"");
  CHECK(play(parse_transcript("small", "# @wait long\n")) == "small:1: unknown waiting time \"long\"");
  CHECK(play(parse_transcript("small", "> {WHAT}\n")) == "small:1: unknown placeholder {WHAT}");
  CHECK_THROWS(parse_transcript("small", "AT\n"));
}

TEST_CASE("a setting that is refused at the start fails", "[transcript]") {
  CHECK(play(parse_transcript("small", "# start: ATE0, QIMUX=7\n")) ==
        "small: start: AT+QIMUX=7 answered \\r\\nERROR\\r\\n");
}
