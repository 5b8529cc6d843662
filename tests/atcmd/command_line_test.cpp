// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/command_line.hpp"

#include <string>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;

namespace {

/// Each command as its name, the letter of its form and its parameters in [ ], joined by blanks; `!` where the line is
/// malformed.
std::string taken_apart(std::string_view body) {
  CommandLineReader reader{std::string{body}};
  std::string text;
  while (!reader.done()) {
    if (!text.empty()) text += ' ';
    const auto call = reader.next();
    if (!call) return text + "!";
    text += call->name;
    if (call->form == CommandForm::test) text += "=?";
    if (call->form == CommandForm::read) text += '?';
    if (call->form != CommandForm::write) continue;
    text += '[';
    for (std::size_t i = 0; i < call->arguments.size(); ++i) {
      const auto& argument = call->arguments[i];
      text += i ? "|" : "";
      text += argument.omitted()                        ? "-"
              : argument.kind == Argument::Kind::quoted ? "'" + argument.text + "'"
                                                        : argument.text;
    }
    text += ']';
  }
  return text;
}

}  // namespace

TEST_CASE("the four forms of an extended command", "[command line][SSL 2.1]") {
  CHECK(taken_apart("+QSSLOPEN=?") == "+QSSLOPEN=?");
  CHECK(taken_apart("+QSSLOPEN?") == "+QSSLOPEN?");
  CHECK(taken_apart("+QIACT") == "+QIACT");
  CHECK(taken_apart("+QSSLOPEN=1,0,\"h\",443,0") == "+QSSLOPEN[1|0|'h'|443|0]");
}

TEST_CASE("an empty line has no command", "[command line]") {
  CHECK(taken_apart("") == "");
  CHECK(taken_apart("   ") == "");
  CHECK(taken_apart(";;") == "");
}

TEST_CASE("names are not case-sensitive, parameters are", "[command line][M66 1.2]") {
  CHECK(taken_apart("+qsslcfg=\"CaCert\",0,Ram") == "+QSSLCFG['CaCert'|0|Ram]");
  CHECK(taken_apart("e0v1&f") == "E[0] V[1] &F[]");
}

TEST_CASE("blanks outside quotes mean nothing", "[command line][SSL 3]") {
  CHECK(taken_apart("+ QIFGCNT=0") == "+QIFGCNT[0]");
  CHECK(taken_apart("+ QSSLOPEN =1, 0,\"116.247.104.27\",465,0") == "+QSSLOPEN[1|0|'116.247.104.27'|465|0]");
  CHECK(taken_apart("+QICSGP=1, \"CMNET\"") == "+QICSGP[1|'CMNET']");
  CHECK(taken_apart("+QISEND = 1 , 1 0 ") == "+QISEND[1|10]");
  CHECK(taken_apart(" +QIACT ? ") == "+QIACT?");
  CHECK(taken_apart("+X = ?") == "+X=?");
  CHECK(taken_apart("+X=\" a b \"") == "+X[' a b ']");
}

TEST_CASE("quotes and the lack of them are told apart, an empty text from nothing", "[command line]") {
  CHECK(taken_apart("+X=cmnet,\"80\",,\"\"") == "+X[cmnet|'80'|-|'']");
  CHECK(taken_apart("+X=") == "+X[-]");
  CHECK(taken_apart("+X=1,") == "+X[1|-]");
  CHECK(taken_apart("+X=,1") == "+X[-|1]");
  CHECK(taken_apart("+X=\"a,b;c&d\"") == "+X['a,b;c&d']");
}

TEST_CASE("unbalanced and misplaced quotes are malformed", "[command line]") {
  CHECK(taken_apart("+X=\"a") == "!");
  CHECK(taken_apart("+X=a\"b\"") == "!");
  CHECK(taken_apart("+X=\"a\"b") == "!");
  CHECK(taken_apart("+X=\"a\"\"b\"") == "!");
  CHECK(taken_apart("+X=\"") == "!");
  CHECK(taken_apart("+A;+X=\"a") == "+A !");
}

TEST_CASE("extended commands are separated by a semicolon", "[command line][M66 1.2.1]") {
  CHECK(taken_apart("+CMGF=1;+CSCS=\"GSM\"") == "+CMGF[1] +CSCS['GSM']");
  CHECK(taken_apart("+A;;+B;") == "+A +B");
  CHECK(taken_apart(";+A") == "+A");
  CHECK(taken_apart("E0; &C0; +CMEE=1; +QIURC=0") == "E[0] &C[0] +CMEE[1] +QIURC[0]");
}

TEST_CASE("basic commands may be run together and may follow an extended one", "[command line][M66 1.2.1]") {
  CHECK(taken_apart("E0V1") == "E[0] V[1]");
  CHECK(taken_apart("&F0&W") == "&F[0] &W[]");
  CHECK(taken_apart("&FZE0") == "&F[] Z[] E[0]");
  CHECK(taken_apart("Q0 V1 E1 S0=0 &C1 &D2 +FCLASS=0") == "Q[0] V[1] E[1] S0[0] &C[1] &D[2] +FCLASS[0]");
  CHECK(taken_apart("+IPR=115200&W") == "+IPR[115200] &W[]");
  CHECK(taken_apart("+CSCS=\"GSM\"&W") == "+CSCS['GSM'] &W[]");
  CHECK(taken_apart("E+GSN") == "E[] +GSN");
}

TEST_CASE("S registers", "[command line][M66 15]") {
  CHECK(taken_apart("S3?") == "S3?");
  CHECK(taken_apart("S3=13S4=10") == "S3[13] S4[10]");
  CHECK(taken_apart("S003?") == "S3?");
  CHECK(taken_apart("S0=") == "S0[0]");
  CHECK(taken_apart("S=1") == "!");
  CHECK(taken_apart("S3") == "!");
  CHECK(taken_apart("S1234?") == "!");
}

TEST_CASE("a dial string reaches to its own semicolon", "[command line][M66 7.1]") {
  CHECK(taken_apart("D10086;") == "D[10086;]");
  CHECK(taken_apart("DT*99***1#") == "D[T*99***1#]");
  CHECK(taken_apart("D10086;+CLCC") == "D[10086;] +CLCC");
  CHECK(taken_apart("E0D1 23") == "E[0] D[123]");
}

TEST_CASE("what is no command is malformed", "[command line]") {
  for (const auto* body : {"?", "=1", "+", "+?", "+=1", "&", "&1", "\"E\"", "+X!", "+X??", "+X=?1", "+X?1", "1", "#",
                           "\xC3\xA4", "+X\xC3=1", "E=1", "E?"}) {
    INFO(body);
    CHECK(taken_apart(body).find('!') != std::string::npos);
  }
}

TEST_CASE("prefixes of other makers are names as well", "[command line]") {
  CHECK(taken_apart("%IPSYS?") == "%IPSYS?");
  CHECK(taken_apart("*CNTI=2") == "*CNTI[2]");
  CHECK(taken_apart("$TSSPCSW=?") == "$TSSPCSW=?");
  CHECK(taken_apart("^SISO=0") == "^SISO[0]");
  CHECK(taken_apart("_OHWV") == "_OHWV");
}

TEST_CASE("the rest of a line can be dropped", "[command line][M66 2.18]") {
  CommandLineReader reader{"Z+GSN;+CSQ"};
  REQUIRE(!reader.done());
  CHECK(reader.next()->name == "Z");
  reader.drop_rest();
  CHECK(reader.done());
}

TEST_CASE("a length of bytes that no host sends does no harm", "[command line]") {
  CHECK(taken_apart(std::string(100'000, '+')) == "!");
  CHECK(taken_apart("+X=" + std::string(100'000, ',')).size() > 100'000);
}

// ---- what is printed reads back as it was ----

namespace {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_{seed} {}

  CommandCall call() {
    switch (below(4)) {
      case 0: return basic();
      case 1: return s_register();
      default: return extended();
    }
  }
  std::size_t below(std::size_t n) { return random_.next() % n; }

 private:
  std::string from(std::string_view letters, std::size_t shortest, std::size_t longest) {
    std::string text(shortest + below(longest - shortest + 1), ' ');
    for (auto& c : text) c = letters[below(letters.size())];
    return text;
  }

  CommandCall extended() {
    CommandCall call{.name = from("+%*$^_", 1, 1) + from("ABCXYZ019_", 1, 9)};
    call.form = static_cast<CommandForm>(below(4));
    if (call.form != CommandForm::write) return call;
    for (auto count = below(5) + 1; count > 0; --count) call.arguments.push_back(argument());
    return call;
  }
  Argument argument() {
    switch (below(3)) {
      case 0: return {};
      // `?` alone would make a test command of it.
      case 1: return {Argument::Kind::bare, from("abcXYZ019.:-_/#*\xE4", 1, 8)};
      default: return {Argument::Kind::quoted, from("abc XYZ019,;&=?+\xE4", 0, 12)};
    }
  }
  CommandCall basic() {
    CommandCall call{.name = from("EQVXZIHOAL", 1, 1), .form = CommandForm::write};
    if (below(3) == 0) call.name = "&" + from("FWVCDKSZ", 1, 1);
    if (below(2)) call.arguments.push_back({Argument::Kind::bare, from("0123456789", 1, 3)});
    return call;
  }
  CommandCall s_register() {
    CommandCall call{.name = "S" + std::to_string(below(256)), .form = CommandForm::read};
    if (below(2)) return call;
    call.form = CommandForm::write;
    call.arguments.push_back({Argument::Kind::bare, std::to_string(below(1000))});
    return call;
  }

  SeededRandom random_;
};

}  // namespace

TEST_CASE("what a call prints reads back as the same call", "[command line]") {
  Generator generate{1};
  for (int round = 0; round < 20'000; ++round) {
    const auto call = generate.call();
    CommandLineReader reader{print(call)};
    INFO(print(call));
    REQUIRE(!reader.done());
    const auto read = reader.next();
    REQUIRE(read);
    REQUIRE(*read == call);
    REQUIRE(reader.done());
  }
}

TEST_CASE("so does a whole line of calls", "[command line]") {
  Generator generate{2};
  for (int round = 0; round < 3'000; ++round) {
    std::vector<CommandCall> calls(generate.below(5) + 1);
    std::string line;
    for (auto& call : calls) {
      call = generate.call();
      line += (line.empty() ? "" : ";") + print(call);
    }
    INFO(line);
    CommandLineReader reader{line};
    for (const auto& call : calls) {
      REQUIRE(!reader.done());
      const auto read = reader.next();
      REQUIRE(read);
      REQUIRE(*read == call);
    }
    REQUIRE(reader.done());
  }
}

TEST_CASE("any line is read to its end or refused", "[command line]") {
  Generator generate{3};
  constexpr std::string_view kLetters = "+=?;,\"&AES3D \x80%";
  for (int round = 0; round < 20'000; ++round) {
    std::string line(generate.below(20), ' ');
    for (auto& c : line) c = kLetters[generate.below(kLetters.size())];
    INFO(line);
    CommandLineReader reader{line};
    // Each command takes a character at least.
    std::size_t commands = 0;
    while (!reader.done() && reader.next()) REQUIRE(++commands <= line.size());
  }
}
