// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator_tls/secure_bench.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "tests/support/catch.hpp"
#include "tests/support/pki.hpp"
#include "tls/capabilities.hpp"

namespace quasimodem::test {

SecureBench::SecureBench(std::shared_ptr<const device::Configuration> configuration)
    : ModemBench{{.configuration = std::move(configuration), .ready = Ready::ip_status}} {
  ok("AT+QIMUX=1");
}

void SecureBench::upload(std::string_view name, ByteSpan content) {
  exchange(fmt::format("AT+QSECWRITE=\"{}\",{}", name, content.size()), {"CONNECT"});
  send_raw(content);
  expect(fmt::format("+QSECWRITE: {},{:x}", content.size(), expected_checksum(content)));
  expect("OK");
}

void SecureBench::configure(std::string_view type, std::string_view value, int context) {
  ok(fmt::format("AT+QSSLCFG=\"{}\",{},{}", type, context, value));
}

void SecureBench::trust(std::string_view ca, int context) {
  const auto name = fmt::format("RAM:{}", ca);
  const bool there = ask(fmt::format("AT+QSECREAD=\"{}\"", name)).starts_with("\r\n+QSECREAD: 1,");
  if (!there) upload(name, pki(ca));
  configure("seclevel", "1", context);
  configure("cacert", fmt::format("\"{}\"", name), context);
}

void SecureBench::identify(std::string_view certificate, std::string_view key, int context) {
  upload(fmt::format("RAM:{}", certificate), pki(certificate));
  upload(fmt::format("RAM:{}", key), pki(key));
  configure("seclevel", "2", context);
  configure("clientcert", fmt::format("\"RAM:{}\"", certificate), context);
  configure("clientkey", fmt::format("\"RAM:{}\"", key), context);
}

void SecureBench::open(int ssid, const Target& target) {
  send(fmt::format("AT+QSSLOPEN={},{},\"{}\",{},{},{}", ssid, target.context, target.host, target.port, target.mode,
                   target.timeout_s));
  expect("OK");
}

void SecureBench::connect(int ssid, const Target& target) {
  open(ssid, target);
  INFO(log().text);
  expect(fmt::format("+QSSLOPEN: {},0", ssid));
}

void SecureBench::send_data(int ssid, std::string_view data, std::string_view result) {
  send(fmt::format("AT+QSSLSEND={},{}", ssid, data.size()));
  expect_prompt();
  send_raw(data);
  expect(result);
}

std::string SecureBench::receive(int ssid, int most, int context) {
  const auto answer = ask(fmt::format("AT+QSSLRECV={},{},{}", context, ssid, most));
  constexpr std::string_view kOk = "\r\nOK\r\n";
  if (answer == kOk) return {};
  const auto head_end = answer.find("\r\n", 2);
  REQUIRE(head_end != std::string::npos);
  const auto head = answer.substr(2, head_end - 2);
  INFO("answer: " << escaped(answer.substr(0, 80)));
  REQUIRE(head.starts_with("+QSSLRECV: "));
  const auto size = std::stoul(head.substr(head.rfind(',') + 1));
  REQUIRE(answer.size() >= head_end + 2 + size + kOk.size());
  REQUIRE(answer.substr(head_end + 2 + size).starts_with(kOk));
  // URCs that waited for the command.
  const auto rest = answer.substr(head_end + 2 + size + kOk.size());
  INFO("after it: " << escaped(rest));
  REQUIRE((rest.empty() || rest.starts_with("\r\n+QSSLURC: ")));
  return answer.substr(head_end + 2, size);
}

std::string SecureBench::receive_all(int ssid, int context) {
  std::string all;
  for (auto data = receive(ssid, 1500, context); !data.empty(); data = receive(ssid, 1500, context)) all += data;
  return all;
}

void SecureBench::expect_bulk(std::string_view bytes, std::string_view then) {
  const auto output = take();
  CHECK(difference(output, std::string{bytes} + std::string{then}) == "");
}

bool SecureBench::step() {
  const auto next = timeline().next_deadline();
  if (next) advance(*next - timeline().now());
  return next.has_value();
}

void SecureBench::settle() {
  advance({});
  while (step()) {
  }
}

void SecureBench::expect_no_leftovers() {
  settle();
  CHECK(network().open_links() == 0);
  CHECK(timeline().idle());
}

void SecureBench::expect_open_failed(int ssid) {
  INFO(log().text);
  expect(fmt::format("+QSSLOPEN: {},-1", ssid));
  expect_nothing();
  expect_no_leftovers();
  expect_nothing();
  CHECK_THAT(ask("AT+QSSLSTATE"),
             Catch::Contains(fmt::format("\r\n+QSSLSTATE: {},\"\",\"\",0,\"INITIAL\",0\r\n", ssid)));
}

void SecureBench::activate() {
  ok("AT+QIREGAPP");
  ok("AT+QIACT");
  CHECK_THAT(ask("AT+QILOCIP"), Catch::StartsWith("\r\n10."));
}

std::vector<std::string> SecureBench::reasons(int ssid) {
  std::vector<std::string> lines;
  std::istringstream all{log().text};
  const auto who = fmt::format("m95.socket{}", ssid);
  for (std::string line; std::getline(all, line);) {
    const bool about_it = line.starts_with(who + ":") || line.starts_with(who + ".") ||
                          line.starts_with(fmt::format("m95: socket{}:", ssid));
    const bool good = line.find(": connected with ") != std::string::npos;
    if (about_it && !good) lines.push_back(line);
  }
  return lines;
}

std::string difference(std::string_view actual, std::string_view expected) {
  if (actual == expected) return {};
  const auto [at, other] = std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end());
  const auto place = static_cast<std::size_t>(at - actual.begin());
  return fmt::format("{} bytes instead of {}, different from byte {}: {} instead of {}", actual.size(), expected.size(),
                     place, escaped(actual.substr(place, 40)), escaped(expected.substr(place, 40)));
}

std::string pattern(std::size_t size, std::size_t from) {
  static const Bytes kWords = [] {
    Bytes words(1'000'003);
    SeededRandom{4}.fill(words);
    return words;
  }();
  std::string text;
  text.reserve(size);
  while (text.size() < size) {
    const auto rest = ByteSpan{kWords}.subspan((from + text.size()) % kWords.size());
    text += as_text(rest.first(std::min(rest.size(), size - text.size())));
  }
  return text;
}

std::vector<std::string> spoken_versions() {
  std::vector<std::string> versions;
  for (const auto version : tls::kAllVersions) {
    if (tls::speaks(version)) versions.push_back(std::to_string(static_cast<int>(version)));
  }
  return versions;
}

tls::ServerConfig tls_server_with(std::string_view certificate, std::string_view key) {
  auto config = tls_server();
  config.certificate = pki(certificate);
  config.key = pki(key);
  return config;
}

}  // namespace quasimodem::test
