// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/rows.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace quasimodem::app;

namespace {

constexpr const char* kCut = "\xE2\x80\xA6";

Rows plain(std::size_t width = 0) {
  return Rows{Coloring::plain, [width] { return width; }};
}

std::vector<std::string> heard(SaidLines& lines, std::string_view words) {
  std::vector<std::string> shown;
  lines.hear(words, [&](const std::string& line) { shown.push_back(line); });
  return shown;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a row has a time, the UART on the left and the rest on the right", "[app][rows]") {
  CHECK(plain().row(1.0625, Ink::host, "> AT") == "   1.062  > AT\n");
  CHECK(plain().row(12, Ink::none, "", "power: on") == "  12.000" + std::string(54, ' ') + "power: on\n");
  CHECK(plain().row(0, Ink::host, "> AT", "not heard") == "   0.000  > AT" + std::string(48, ' ') + "not heard\n");
  CHECK(plain().row(123456.5, Ink::host, "> AT") == "123456.500  > AT\n");
}

TEST_CASE("without a width nothing is cut", "[app][rows]") {
  const std::string much(500, 'x');
  CHECK(plain().row(0, Ink::module, much) == "   0.000  " + much + "\n");
  CHECK(plain().row(0, Ink::none, "", much) == "   0.000" + std::string(54, ' ') + much + "\n");
  CHECK(plain().row(0, Ink::module, much, "y") == "   0.000  " + much + "  y\n");
}

TEST_CASE("on a terminal the left is cut to its width, and never within a character", "[app][rows]") {
  CHECK(plain(40).row(0, Ink::module, std::string(30, 'x')) == "   0.000  " + std::string(30, 'x') + "\n");
  CHECK(plain(40).row(0, Ink::module, std::string(31, 'x')) == "   0.000  " + std::string(29, 'x') + kCut + "\n");
  CHECK(plain(40).row(0, Ink::module, std::string(29, 'x') + "\xC3\xA4\xC3\xA4") ==
        "   0.000  " + std::string(29, 'x') + kCut + "\n");
  CHECK(plain(40).row(0, Ink::module, std::string(29, 'x') + "\xC3\xA4") ==
        "   0.000  " + std::string(29, 'x') + "\xC3\xA4\n");
  CHECK(plain(40).row(0, Ink::module, std::string(20, 'x'), "right") ==
        "   0.000  " + std::string(13, 'x') + kCut + "  right\n");
}

TEST_CASE("characters of East Asia and emoji take two columns", "[app][rows]") {
  const std::string sun = "\xE6\x97\xA5", face = "\xF0\x9F\x98\x80", euro = "\xE2\x82\xAC";
  const auto row = [](std::size_t letters, const std::string& behind) {
    return plain(40).row(0, Ink::module, std::string(letters, 'x') + behind);
  };
  const auto shown = [](std::size_t letters, const std::string& behind) {
    return "   0.000  " + std::string(letters, 'x') + behind + "\n";
  };
  for (const auto& wide : {sun, face}) {
    CHECK(row(28, wide) == shown(28, wide));
    CHECK(row(29, wide) == shown(29, kCut));
    CHECK(row(27, wide + wide) == shown(27, wide + kCut));
    CHECK(row(26, wide + wide + "x") == shown(26, wide + kCut));
  }
  CHECK(row(29, euro) == shown(29, euro));
  // The right column stands where it stood.
  CHECK(plain().row(0, Ink::module, sun + sun, "right") == "   0.000  " + sun + sun + std::string(48, ' ') + "right\n");
  CHECK(plain(40).row(0, Ink::none, "", sun + sun + sun + sun + sun + sun + sun + sun) ==
        "   0.000" + std::string(18, ' ') + sun + sun + sun + sun + sun + sun + sun + "\n" + std::string(26, ' ') +
            sun + "\n");
}

TEST_CASE("on a terminal the right goes on below", "[app][rows]") {
  const std::string margin(26, ' ');  // 40 columns: 8 time, 2, 14, 2, 14
  CHECK(plain(40).row(0, Ink::none, "", "one two three four") ==
        "   0.000" + margin.substr(8) + "one two three\n" + margin + "four\n");
  CHECK(plain(40).row(0, Ink::none, "", std::string(20, 'x')) ==
        "   0.000" + margin.substr(8) + std::string(14, 'x') + "\n" + margin + std::string(6, 'x') + "\n");
  CHECK(plain(120).row(0, Ink::none, "", "power: on") == plain().row(0, Ink::none, "", "power: on"));
  CHECK(plain(1).row(0, Ink::none, "", "power: on").find("power: on") != std::string::npos);  // no terminal is that
}

TEST_CASE("the width is asked for each row", "[app][rows]") {
  std::size_t width = 40;
  const Rows rows{Coloring::plain, [&] { return width; }};
  const std::string text(60, 'x');
  CHECK(rows.row(0, Ink::host, text).size() == 40 + 2 + 1);  // the sign of the cut has three bytes
  width = 80;
  CHECK(rows.row(0, Ink::host, text).size() == 8 + 2 + 60 + 1);
}

TEST_CASE("colour goes around the words, and only where it is wanted", "[app][rows]") {
  const Rows rows{Coloring::colored};
  CHECK(rows.row(0, Ink::error, "< ERROR", "x") ==
        "\x1b[2m   0.000\x1b[0m  \x1b[1;31m< ERROR\x1b[0m" + std::string(45, ' ') + "\x1b[33mx\x1b[0m\n");
  CHECK(rows.painted(Ink::none, "x") == "x");
  CHECK(plain().painted(Ink::fault, "x") == "x");
}

TEST_CASE("what failed stands out", "[app][rows]") {
  for (const auto* line : {"ERROR", "+CME ERROR: 3", "+CMS ERROR: 500", "+QSSLOPEN: 1,-2", "+PDP DEACT", "SEND FAIL"}) {
    INFO(line);
    CHECK(ink_of_module_line(line) == Ink::error);
  }
  for (const auto* line : {"OK", "+QSSLOPEN: 1,0", "+QCELLLOC: 51.5,-0.12", "a,-", "ERRORS"}) {
    INFO(line);
    CHECK(ink_of_module_line(line) == Ink::module);
  }
}

TEST_CASE("words become lines wherever they are cut", "[app][rows]") {
  SaidLines lines;
  CHECK(heard(lines, "\r\nOK\r\n\r\n+CSQ: 3").size() == 1);
  CHECK(lines.begun() == "+CSQ: 3");
  CHECK(heard(lines, "0,0\r") == Lines{"+CSQ: 30,0"});
  CHECK(heard(lines, "\n\r\nOK\r\n") == Lines{"OK"});
  CHECK(lines.begun().empty());
}

TEST_CASE("a prompt is a line at once", "[app][rows]") {
  SaidLines lines;
  CHECK(heard(lines, "\r\n> ") == Lines{">"});
  CHECK(lines.begun().empty());
  CHECK(heard(lines, "> and more").empty());
}

TEST_CASE("bytes without any line end do not wait for one for ever", "[app][rows]") {
  SaidLines lines;
  CHECK(heard(lines, std::string(5000, 'x')) == Lines(4, std::string(1024, 'x')));
  CHECK(lines.begun() == std::string(5000 - 4096, 'x'));
  Lines rest;
  lines.finish([&](const std::string& line) { rest.push_back(line); });
  lines.finish([&](const std::string& line) { rest.push_back(line); });
  CHECK(rest == Lines{std::string(5000 - 4096, 'x')});
}
