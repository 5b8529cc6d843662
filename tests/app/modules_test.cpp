// SPDX-License-Identifier: Apache-2.0
// --count: every module has a place and an identity of its own.
#include "emulator/app/host/modules.hpp"

#include <set>
#include <variant>

#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;

TEST_CASE("IMEIs count up and keep a valid check digit", "[count]") {
  const std::string first = "001010000000008";
  CHECK(counted_imei(first, 0) == first);
  CHECK(counted_imei("490154203237518", 1) == "490154203237526");  // by hand from 23.003's example
  CHECK(counted_imei("490154209999998", 1).substr(0, 14) == "49015420000000");
  std::set<std::string> all;
  for (int i = 0; i < 1000; ++i) all.insert(counted_imei(first, i));
  CHECK(all.size() == 1000);
}

TEST_CASE("one module stays as it was asked for", "[count]") {
  const auto options = *read_command_line({"--name", "a", "--uart", "pty:./x", "--nvram", "n"}).run;
  const auto modules = each_module(options);
  REQUIRE(modules.size() == 1);
  CHECK(modules[0].name == "a");
  CHECK(std::get<PtyUrl>(modules[0].uarts[0]).link == "./x");
  CHECK(modules[0].nvram == "n");
}

TEST_CASE("many modules: names, links, paths, ports", "[count]") {
  const auto options = *read_command_line({"--count", "3", "--name", "a", "--nvram", "n", "--uart", "pty:./x", "--uart",
                                           "tcp-listen::7000", "--uart", "rfc2217:[::1]:0", "--uart", "unix:u"})
                            .run;
  const auto modules = each_module(options);
  REQUIRE(modules.size() == 3);
  const auto& last = modules[2];
  CHECK(last.name == "a-2");
  CHECK(last.nvram == "n/a-2");
  CHECK(std::get<PtyUrl>(last.uarts[0]).link == "./x-2");
  CHECK(std::get<TcpListenUrl>(last.uarts[1]).address.text() == "127.0.0.1:7002");
  CHECK(std::get<Rfc2217Url>(last.uarts[2]).address.text() == "[::1]:0");
  CHECK(std::get<UnixUrl>(last.uarts[3]).path == "u-2");
}
