// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/modules.hpp"

#include <cstddef>
#include <unistd.h>
#include <variant>

#include <fmt/core.h>

#include "emulator/app/base/process/paths.hpp"

namespace quasimodem::app {
namespace {

constexpr std::size_t kSerialAt = 8;  // behind the type allocation code
constexpr std::size_t kSerialDigits = 6;
constexpr long kSerials = 1'000'000;

/// 3GPP TS 23.003 annex B.
char check_digit(const std::string& digits) {
  int sum = 0;
  for (std::size_t i = 0; i < kSerialAt + kSerialDigits; ++i) {
    const int digit = digits[i] - '0';
    const int doubled = 2 * digit;
    sum += i % 2 == 0 ? digit : doubled / 10 + doubled % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

/// Gives the endpoint of one of several modules a place of its own.
struct Numbering {
  int index;

  void operator()(PtyUrl& url) const {
    if (url.link) *url.link += suffix();
  }
  void operator()(TcpListenUrl& url) const { count(url.address); }
  void operator()(TcpUrl& url) const { count(url.address); }
  void operator()(Rfc2217Url& url) const { count(url.address); }
  void operator()(UnixUrl& url) const { url.path += suffix(); }
  void operator()(TtyUrl&) const {}    // not with --count
  void operator()(StdioUrl&) const {}  // not with --count

  void count(HostAddress& address) const {
    if (address.port != 0) address.port = static_cast<std::uint16_t>(address.port + index);
  }
  std::string suffix() const { return fmt::format("-{}", index); }
};

}  // namespace

std::string counted_imei(const std::string& imei, int index) {
  if (index == 0) return imei;
  const auto serial = (std::stol(imei.substr(kSerialAt, kSerialDigits)) + index) % kSerials;
  const auto digits = fmt::format("{}{:06}", imei.substr(0, kSerialAt), serial);
  return digits + check_digit(digits);
}

std::vector<ModuleOptions> each_module(const ModuleOptions& options) {
  if (options.count == 1) return {options};
  std::vector<ModuleOptions> modules;
  for (int index = 0; index < options.count; ++index) {
    auto& module = modules.emplace_back(options);
    module.name = fmt::format("{}-{}", options.name, index);
    if (options.nvram) module.nvram = *options.nvram / module.name;
    module.module.imei = counted_imei(options.module.imei, index);
    module.module.seed = options.module.seed + static_cast<std::uint64_t>(index);
    for (auto& uart : module.uarts) std::visit(Numbering{index}, uart);
  }
  return modules;
}

std::vector<UartUrl> with_links(const ModuleOptions& options) {
  auto uarts = options.uarts;
  int nameless = 0;
  for (auto& uart : uarts) {
    auto* pty = std::get_if<PtyUrl>(&uart);
    if (!pty || pty->link) continue;
    ++nameless;
    auto name = options.private_name ? fmt::format("{}-{}", options.name, ::getpid()) : options.name;
    if (nameless > 1) name += fmt::format(".{}", nameless);
    pty->link = runtime_directory() / name;
  }
  return uarts;
}

}  // namespace quasimodem::app
