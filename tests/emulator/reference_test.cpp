// SPDX-License-Identifier: Apache-2.0
// What the tables as a whole must be: no name twice, something said of every command, COMMANDS.md up to date.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <fmt/format.h>

#include "atcmd/table/command_table.hpp"
#include "emulator/commands/all.hpp"
#include "emulator/device/model_profile.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command_reference.hpp"

using namespace quasimodem;

namespace {

std::string generated_page() {
  std::vector<atcmd::testing::ModelName> models;
  for (const auto& profile : device::model_profiles())
    models.push_back({device::bit(profile.model), profile.name, profile.sibling ? device::bit(*profile.sibling) : 0});
  return atcmd::testing::reference_page(commands::all_families(), models);
}

const std::string kPagePath = std::string{QUASIMODEM_SOURCE_DIR} + "/emulator/commands/COMMANDS.md";

}  // namespace

TEST_CASE("COMMANDS.md is what the tables say", "[reference]") {
  const auto expected = generated_page();
  const auto* update = std::getenv("QUASIMODEM_UPDATE");
  if (update && std::string_view{update} == "1") std::ofstream{kPagePath, std::ios::binary} << expected;
  std::ifstream stream{kPagePath, std::ios::binary};
  const std::string actual{std::istreambuf_iterator<char>{stream}, {}};
  INFO("run test_emulator with QUASIMODEM_UPDATE=1 in the environment to write emulator/commands/COMMANDS.md");
  CHECK(actual == expected);
}

TEST_CASE("no name is in two families", "[reference]") {
  std::set<std::string_view> names;
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      INFO(command.name);
      CHECK(names.insert(command.name).second);
    }
  }
}

TEST_CASE("every entry says what it does, where that is written, and has a form", "[reference]") {
  for (const auto& family : commands::all_families()) {
    CHECK(!family.title.empty());
    for (const auto& command : family.commands) {
      INFO(command.name);
      CHECK(!command.summary.empty());
      CHECK(!command.manual.empty());
      CHECK(command.models != 0);
      CHECK((command.write || command.read || command.execution));
      // Dispatch compares with names in upper case.
      for (const char c : command.name) CHECK(!(c >= 'a' && c <= 'z'));
    }
  }
}

// What is missing here is refused by the table.
TEST_CASE("every entry that takes a payload says whether it is secret", "[reference]") {
  std::string secret, ordinary;
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      if (!command.payload) continue;
      const bool hidden = command.payload->content == atcmd::Payload::Content::secret;
      fmt::format_to(std::back_inserter(hidden ? secret : ordinary), "{} ", command.name);
      INFO(command.name);
      // Whoever listens finds extended names in a line, wherever they stand, and has to know where the payload ends.
      CHECK((!hidden || (command.name.starts_with('+') && command.payload->size_in)));
    }
  }
  CHECK(secret == "+QSECWRITE +QFUPL +QFWRITE ");
  CHECK(ordinary == "+QISEND +QSSLSEND +CMGS +CMGW +CNMA +QHTTPURL +QHTTPPOST +QFTPPUT +QSMTPBODY +QSMTPATT +QMTPUB ");
}

TEST_CASE("documented is what the manual of these modules documents", "[reference]") {
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      INFO(command.name << ", " << command.manual);
      const bool theirs = command.manual.starts_with("M66 ") || command.manual.starts_with("SSL ");
      // A standard and the manual of a sister say what is likely, drivers what is seen.
      if (command.confidence == atcmd::Confidence::documented) CHECK(theirs);
      if (command.manual.starts_with("27.0") || command.manual.starts_with("V.250"))
        CHECK(command.confidence == atcmd::Confidence::inferred);
    }
  }
}

TEST_CASE("every module has the commands that hosts send, and only its own", "[reference]") {
  using device::Model;
  const auto has = [](std::string_view name, Model model) {
    return atcmd::CommandTable{commands::all_families(), device::bits_of(device::profile_of(model))}.find(name) !=
           nullptr;
  };
  // at-reference 1 to 5, without what other modules have and CMUX and PPP.
  constexpr std::string_view kAll =
      "A D E H I L M O P Q T V X Z &C &D &F &V &W S0 S3 S4 S5 S6 S7 S8 S10 +GMI +GMM +GMR +GOI +GSN +QGSN +CGMI +CGMM "
      "+CGMR +CGSN +CIMI +QCCID +QGMR +GCAP +IPR +ICF +IFC +ILRR +QRIMODE +QINDRI +CMEE +QPOWD +CFUN +QINISTAT +QIURC "
      "+QALARM +CPIN +CLCK +CPWD +CRSM +CSIM +CUAD +QTRPIN +QSPN +CREG +CGREG +CIND +CMER +QCELLLOC +QGSMLOC +QOPS "
      "+COPS +CSQ +QNSTATUS +QBAND +QENG +QLOCKF +CPOL "
      "+COPN "
      "+CEER +CPAS +CGATT +CGDCONT +CGACT +CGPADDR +CGEREP +CGCLASS +CGQREQ +CGQMIN +CGSMS +QGPCLASS +QCGTIND +CCLK "
      "+QNITZ +QLTS +CTZU +CTZR +CBC +QSCLK +CSCS +QLEDMODE +QAUDCH +QMIC +CLVL +QIFGCNT +QICSGP +QIREGAPP +QIACT "
      "+QIDEACT +QILOCIP +QISTAT +QISTATE +QISSTAT +QIMUX +QIMODE +QITCFG +QIOPEN +QISEND +QICLOSE +QIRD +QINDI "
      "+QISACK "
      "+QISRVC +QILPORT +QISERVER +QIDNSIP +QIDNSCFG +QIDNSGIP +QIHEAD +QISHOWRA +QISHOWPT +QISHOWLA +QIAUTOS "
      "+QIPROMPT "
      "+QISDE +QISCON +QPING +QNTP +QSSLCFG +QSSLOPEN +QSSLSEND +QSSLRECV +QSSLCLOSE +QSSLSTATE +QSECWRITE +QSECREAD "
      "+QSECDEL +QHTTPURL +QHTTPGET +QHTTPPOST +QHTTPREAD +QHTTPDL +QFTPUSER +QFTPPASS +QFTPCFG +QFTPOPEN +QFTPPATH "
      "+QFTPGET +QFTPPUT +QFTPSIZE +QFTPLEN +QFTPSTAT +QFTPRENAME +QFTPDELETE +QFTPMKDIR +QFTPRMDIR +QFTPLIST "
      "+QFTPNLST +QFTPCLOSE +QFUPL +QFDWL +QFLST +QFLDS +QFOPEN +QFREAD "
      "+QFWRITE +QFSEEK +QFCLOSE +QFMOV +QFFLUSH +QFTUCAT +QFDEL "
      "+CMGF +CMGS +CMGR +CMGL "
      "+CMGD +QMGDA +CMGW +CMSS +CNMI +CPMS +CSCA +CSMP +CSDH +CSMS +CSCB +QSMSCODE +CLCC +CLIP +COLP +CRC +CHUP +VTS "
      "+QTONEDET +CCFC +CHLD +CUSD +CPBS +CPBR +CPBW +CPBF +CNUM +CR +FCLASS +CBST +CSTA +CRLP +CCWE +CCUG +CCWA +CAOC "
      "+CLIR +QECHO +QSIDET +QCLIP +QCOLP +CSNS +QDISH +CSSN +CMOD +QEXTUNSOL +QMOSTAT "
      "+QSMTPCLR +QSMTPSRV +QSMTPUSER +QSMTPPWD +QSMTPPASS +QSMTPNAME +QSMTPADDR +QSMTPDST +QSMTPSUB +QSMTPBODY "
      "+QSMTPATT +QSMTPDATT +QSMTPCFG +QSMTPPUT ";
  for (const auto& profile : device::model_profiles()) {
    const auto model = profile.model;
    const auto is_one_of = [model](std::initializer_list<Model> models) {
      return std::find(models.begin(), models.end(), model) != models.end();
    };
    INFO(profile.name);
    for (auto rest = kAll; !rest.empty(); rest.remove_prefix(rest.find(' ') + 1)) {
      const auto name = rest.substr(0, rest.find(' '));
      INFO(name);
      CHECK(has(name, model));
    }
    for (const auto* other : {"+CSCLK", "+GETERROR", "+QIKALIVE", "+CEREG"}) CHECK(!has(other, model));
    CHECK(has("+CCID", model) == is_one_of({Model::m85, Model::m95, Model::m26, Model::mc60}));
    CHECK(has("+QREFUSECS", model) == is_one_of({Model::m85, Model::m95, Model::m26, Model::mc60}));
    CHECK(has("+QTEMP", model) == is_one_of({Model::m10, Model::m95, Model::mc60}));
    CHECK(has("+QCFG", model) == (model == Model::m95));
    for (const auto* name : {"+QADC", "+QSIMSTAT", "+QSIMDET"}) CHECK(has(name, model) == (model != Model::m66));
  }
}

TEST_CASE("a module without a sibling has no command that does not name it", "[reference]") {
  for (const auto& profile : device::model_profiles()) {
    INFO(profile.name);
    const bool of_the_first = (device::bit(profile.model) & atcmd::kFirstModels) != 0;
    CHECK(of_the_first == !profile.sibling.has_value());
    if (of_the_first) continue;
    CHECK((device::bit(*profile.sibling) & atcmd::kFirstModels) != 0);
    const atcmd::CommandTable alone{commands::all_families(), device::bit(profile.model)};
    CHECK(alone.find("+QADC") != nullptr);
    CHECK(alone.find("I") == nullptr);
  }
}

TEST_CASE("COMMANDS.md shows who has a command, in brackets who has it as its sibling", "[reference]") {
  const auto page = generated_page();
  const auto row = [&](std::string_view command) {
    const auto begin = page.find(fmt::format("| `AT{}", command));
    REQUIRE(begin != std::string::npos);
    return page.substr(begin, page.find('\n', begin) - begin);
  };
  CHECK(row("+QIOPEN").ends_with("| M10, M66, M85, M95 (M26, MC60) |"));
  CHECK(row("+CCID").ends_with("| M85, M95, M26, MC60 |"));
  CHECK(row("+QTEMP").ends_with("| M10, M95, MC60 |"));
  CHECK(row("+QCFG").ends_with("| M95 |"));
}

TEST_CASE("commands of the network and of TCP/IP pass over what only newer firmware knows", "[reference]") {
  const atcmd::Family* const theirs[] = {&commands::kNetworkFamily,       &commands::kOperatorFamily,
                                         &commands::kOperatorListsFamily, &commands::kPacketDomainFamily,
                                         &commands::kClockFamily,         &commands::kTcpIpFamily,
                                         &commands::kSocketFamily,        &commands::kServerFamily,
                                         &commands::kNamesFamily,         &commands::kLocationFamily};
  // Why, stands with each of them.
  const std::set<std::string_view> fixed{"+CGACT", "+CGPADDR", "+QIRD", "+QISEND", "+QITCFG"};
  for (const auto* family : theirs) {
    for (const auto& command : family->commands) {
      if (!command.write) continue;
      INFO(command.name);
      CHECK((command.write.surplus == atcmd::Surplus::ignored) != fixed.contains(command.name));
    }
  }
}

TEST_CASE("the page has every command", "[reference]") {
  const auto page = generated_page();
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      INFO(command.name);
      CHECK(page.find(fmt::format("`AT{}", command.name)) != std::string::npos);
    }
  }
}
