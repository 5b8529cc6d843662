# SPDX-License-Identifier: Apache-2.0
"""tools/check_layers.py sees what it must see, and nothing else."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from check_layers import check  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


class CheckLayers(unittest.TestCase):
    def refused(self, path, code):
        self.assertTrue(check(path, SPDX + code), f"not refused in {path}: {code}")

    def allowed(self, path, code):
        self.assertEqual(check(path, SPDX + code), [], f"in {path}")

    def test_stairs(self):
        for path, header in [
            ("core/bytes.cpp", "atcmd/syntax/argument.hpp"),
            ("atcmd/channel/channel.cpp", "emulator/device/settings.hpp"),
            ("tls/client_session.cpp", "net/link.hpp"),
            ("emulator/device/sim.cpp", "tls/server/server_session.hpp"),
            ("storage/flash.cpp", "tls/seal.hpp"),
            ("net/bearer.hpp", "storage/flash.hpp"),
            ("net/bearer.hpp", "net/host/asio_bearer.hpp"),
            ("net/bearer.hpp", "net/sim/sim_network.hpp"),
            ("emulator/device/sim.cpp", "atcmd/table/param.hpp"),
            ("emulator/device/sim.cpp", "emulator/commands/call.hpp"),
            ("emulator/device/sim.cpp", "emulator/modem.hpp"),
            ("emulator/commands/ssl.cpp", "tls/client_config.hpp"),
            ("emulator/commands/ssl.cpp", "emulator/app/cli/run/run_options.hpp"),
            ("emulator/uart/uart_line.cpp", "emulator/device/sim.hpp"),
            ("emulator/modem.cpp", "emulator/app/cli/run/run_options.hpp"),
            ("emulator/modem.cpp", "net/host/asio_bearer.hpp"),
            ("emulator/app/cli/main.cpp", "tests/support/bench.hpp"),
            ("core/bytes.cpp", "bytes.hpp"),
            ("core/bytes.cpp", "../core/bytes.hpp"),
        ]:
            self.refused(path, f'#include "{header}"\n')

        for path, header in [
            ("atcmd/channel/channel.cpp", "core/bytes.hpp"),
            ("atcmd/channel/channel.cpp", "atcmd/syntax/argument.hpp"),
            ("net/host/asio_link.cpp", "net/link.hpp"),
            ("net/sim/sim_network.cpp", "net/bearer.hpp"),
            ("emulator/device/sim.cpp", "tls/client_config.hpp"),
            ("emulator/commands/ssl.cpp", "emulator/device/sim.hpp"),
            ("emulator/modem.cpp", "emulator/commands/all.hpp"),
            ("emulator/app/cli/main.cpp", "tls/server/server_session.hpp"),
            ("tests/net/link_test.cpp", "net/sim/sim_network.hpp"),
        ]:
            self.allowed(path, f'#include "{header}"\n')

    def test_libraries(self):
        for path, header in [
            ("net/bearer.cpp", "boost/asio.hpp"),
            ("emulator/modem.cpp", "boost/asio/io_context.hpp"),
            ("tls/client_session.hpp", "mbedtls/ssl.h"),
            ("storage/sealer.cpp", "mbedtls/gcm.h"),
            ("emulator/app/cli/main.cpp", "spdlog/spdlog.h"),
            ("core/log.cpp", "spdlog/spdlog.h"),
            ("emulator/modem.cpp", "CLI/CLI.hpp"),
            ("emulator/app/cli/main.cpp", "CLI/CLI.hpp"),
            ("emulator/app/base/process/command_line.hpp", "CLI/CLI.hpp"),
            ("emulator/modem.cpp", "toml++/toml.h"),
            ("emulator/device/sim.cpp", "sys/socket.h"),
            ("atcmd/channel/channel.cpp", "unistd.h"),
            ("core/bytes.cpp", "nlohmann/json.hpp"),
            ("core/bytes.cpp", "catch2/catch.hpp"),
        ]:
            self.refused(path, f"#include <{header}>\n")

        for path, header in [
            ("core/bytes.cpp", "string_view"),
            ("core/bytes.cpp", "fmt/core.h"),
            ("core/bytes.hpp", "tl/expected.hpp"),
            ("net/host/asio_link.cpp", "boost/asio.hpp"),
            ("tls/client_session.cpp", "mbedtls/ssl.h"),
            ("tls/detail/owned.hpp", "mbedtls/ssl.h"),
            ("emulator/app/base/process/spdlog_sink.cpp", "spdlog/spdlog.h"),
            ("emulator/app/base/process/command_line.cpp", "CLI/CLI.hpp"),
            ("storage/file_flash.cpp", "unistd.h"),
        ]:
            self.allowed(path, f"#include <{header}>\n")

    def test_words(self):
        for code in [
            "auto t = std::chrono::steady_clock::now();",
            "auto t = std::chrono::system_clock::now();",
            "std::this_thread::sleep_for(1s);",
            "int x = std::rand();",
            "std::random_device entropy;",
            "std::thread worker;",
        ]:
            self.refused("emulator/device/sim.cpp", code)
            self.refused("core/random.cpp", code)
            self.allowed("emulator/app/base/process/host_clock.cpp", code)
            self.allowed("net/host/asio_link.cpp", code)
        self.refused("tests/emulator/modem_test.cpp", "std::this_thread::sleep_for(1s);")
        self.allowed("core/calendar.hpp", "using Seconds = std::chrono::sys_seconds;")
        self.allowed("core/time.hpp", 'auto steady_clocks = 1; auto text = "steady_clock";')

    def test_literals(self):
        self.refused("emulator/device/sim.cpp", 'auto name = "+QSSLOPEN";')
        self.refused("atcmd/channel/channel.cpp", 'auto name = "+CMEE";')
        self.refused("emulator/modem.cpp", 'auto name = R"x(+CREG: 1)x";')
        self.allowed("emulator/commands/ssl.cpp", 'auto name = "+QSSLOPEN";')
        self.allowed("tests/emulator/ssl_test.cpp", 'auto name = "+QSSLOPEN\\r\\n";')
        self.allowed("atcmd/syntax/result_code.cpp", 'auto text = "+CME ERROR: ";')
        self.refused("emulator/commands/ssl.cpp", 'auto text = "+CSQ: 1\\r\\n";')
        self.refused("emulator/device/sim.cpp", 'auto text = "OK\\r\\n";')
        self.refused("atcmd/channel/channel.cpp", 'auto text = "\\x0D\\x0A";')
        self.allowed("atcmd/syntax/response_writer.cpp", 'auto text = "\\r\\n";')
        self.allowed("emulator/device/sim.cpp", "auto text = '\\r';")

    def test_comments_are_free(self):
        self.allowed("emulator/device/sim.cpp",
                     '// "+QSSLOPEN\\r\\n" on std::thread, steady_clock\n'
                     '/* #include "emulator/app/cli/run/run_options.hpp"\n   "+CREG" random_device */\n'
                     'constexpr auto wait = 89\'999ms;  // don\'t "+Q"\n'
                     'auto quote = \'"\'; auto more = "+X";  // "+C\n')
        self.refused("emulator/device/sim.cpp", 'auto url = "http://x"; auto name = "+QI";')
        self.refused("emulator/device/sim.cpp", "auto wait = 89'999ms; auto name = \"+QI\"; auto c = 'x';")

    def test_licence_line_and_line_numbers(self):
        self.assertEqual(check("core/bytes.cpp", "int x;\n"), [(1, "first line is not the SPDX licence line")])
        self.assertEqual([line for line, _ in check("core/bytes.cpp", SPDX + "\n\nstd::thread worker;\n")], [4])


if __name__ == "__main__":
    unittest.main()
