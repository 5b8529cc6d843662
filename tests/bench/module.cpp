// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/module.hpp"

#include <fstream>
#include <iterator>
#include <unistd.h>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"

namespace quasimodem::bench {
namespace {

constexpr std::string_view kOk = "\r\nOK\r\n";

std::string read_row(int fd) {
  std::string row;
  for (char c = 0; !row.ends_with('\n'); row += c) {
    const auto size = ::read(fd, &c, 1);
    if (size < 0) fail_with_errno("waiting for the module");
    if (size == 0) throw Failure{"the module ended before it was ready"};
  }
  return row;
}

}  // namespace

std::string certificate_path(std::string_view name) { return fmt::format("{}/{}", kCertificates, name); }

Bytes certificate(std::string_view name) {
  std::ifstream in{certificate_path(name), std::ios::binary};
  const Bytes content{std::istreambuf_iterator<char>{in}, {}};
  if (content.empty()) throw Failure{fmt::format("cannot read {}", certificate_path(name))};
  return content;
}

// ---- Host

void Host::greet() {
  line_.write("AT\r");
  line_.read_until(kOk);
}

void Host::ok(std::string_view command) {
  line_.write(fmt::format("{}\r", command));
  line_.expect(kOk);
}

void Host::attach() {
  line_.write("ATE0\r");
  line_.read_until(kOk);
  ok("AT+QIREGAPP");
  ok("AT+QIACT");
  line_.write("AT+QILOCIP\r");
  line_.expect("\r\n");
  line_.read_until("\r\n");
  ok("AT+QIMUX=1");
}

void Host::configure_ssl() {
  const auto ca = certificate("ca.crt");
  line_.write(fmt::format("AT+QSECWRITE=\"RAM:ca.pem\",{},100\r", ca.size()));
  line_.expect("\r\nCONNECT\r\n");
  line_.write(ca);
  line_.read_until(kOk);
  for (const auto* setting : {"\"sslversion\",0,3", "\"ciphersuite\",0,\"0X0035\"", "\"seclevel\",0,1",
                              "\"cacert\",0,\"RAM:ca.pem\"", "\"ignorertctime\",0"}) {
    ok(fmt::format("AT+QSSLCFG={}", setting));
  }
}

void Host::open_secure(int ssid, std::uint16_t port, Mode mode) {
  ok(fmt::format("AT+QSSLOPEN={},0,\"127.0.0.1\",{},{}", ssid, port, static_cast<int>(mode)));
  line_.expect(mode == Mode::transparent ? std::string{"\r\nCONNECT\r\n"}
                                         : fmt::format("\r\n+QSSLOPEN: {},0\r\n", ssid));
}

void Host::close_secure(int ssid) {
  line_.write(fmt::format("AT+QSSLCLOSE={}\r", ssid));
  line_.expect(fmt::format("\r\n{}, CLOSE OK\r\n", ssid));
}

// ---- Module

std::vector<std::string> Module::command() { return {kProgram, "run", "--ephemeral", "--profile", "instant", "-q"}; }

Child Module::started(int stdout_fd, const std::vector<std::string>& options) {
  auto words = command();
  words.insert(words.end(), options.begin(), options.end());
  return Child{words, stdout_fd};
}

Module::Module(const std::vector<std::string>& options) : process_{started(stdout_.writing.get(), options)} {
  stdout_.writing.reset();
  const auto row = read_row(stdout_.reading.get());
  constexpr std::string_view kReady = "ready m95 ";
  if (!row.starts_with(kReady)) throw Failure{fmt::format("\"{}\" instead of the ready line", escaped(row))};
  host_.emplace(row.substr(kReady.size(), row.size() - kReady.size() - 1));
  host_->greet();
}

}  // namespace quasimodem::bench
