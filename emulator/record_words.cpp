// SPDX-License-Identifier: Apache-2.0
#include "emulator/record_words.hpp"

#include <array>

#include "core/bytes.hpp"
#include "emulator/device/sms/alphabet.hpp"

namespace quasimodem::emulator {
namespace {

struct Known {
  std::string_view beginning;  ///< of a record's name; its whole name without `rest`
  enum class Rest { none, index, file, name } rest;
  std::string_view words;  ///< the rest comes behind them
};

using enum Known::Rest;
constexpr std::array kKnown{
    Known{"CA0", none, "the certificate NVRAM:CA0, which AT+QSECREAD reports as bad"},
    Known{"CA1", none, "the certificate NVRAM:CA1, which AT+QSECREAD reports as bad"},
    Known{"CC0", none, "the certificate NVRAM:CC0, which AT+QSECREAD reports as bad"},
    Known{"CK0", none, "the key NVRAM:CK0, which AT+QSECREAD reports as bad"},
    Known{"nvram-", file, "a certificate or key, which AT+QSECREAD reports as bad: NVRAM:"},
    Known{"seal.key", none, "the key of all certificates and files in this directory: they cannot be read without it"},
    Known{"profile", none, "the settings of AT&W"},
    Known{"phonebook-", name, "the phonebook "},
    Known{"sms-sm-", index, "the message on the SIM with index "},
    Known{"sms-me-", index, "the message in the module's memory with index "},
    Known{"sms-centre", none, "the service centre of AT+CSCA"},
    Known{"tcpip", index, "the settings of AT+QISCON for context "},
    Known{"ntp", none, "the time server of AT+QNTP"},
    Known{"ctzu", none, "the setting of AT+CTZU"},
    Known{"band", none, "the band of AT+QBAND"},
    Known{"alarm", none, "the alarm of AT+QALARM"},
    Known{"cpol", none, "the preferred operators of AT+CPOL"},
    Known{"file-", file, "the file UFS:"},
    Known{"ufs-", file, "the file UFS:"},
};

/// How the rest of a name is said; none when it cannot be one.
std::optional<std::string> words_of_rest(Known::Rest kind, std::string_view rest) {
  switch (kind) {
    case none: break;
    case index:
      if (rest.empty() || rest.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
      return std::string{rest};
    case file: {
      const auto octets = device::sms::from_hex(rest);
      return octets && !octets->empty() ? std::optional{escaped(*octets)} : std::nullopt;
    }
    case name: {
      if (rest.empty()) return std::nullopt;
      std::string words;
      for (const char c : rest) {
        if (c < 'a' || c > 'z') return std::nullopt;
        words += static_cast<char>(c - 'a' + 'A');
      }
      return words;
    }
  }
  return rest.empty() ? std::optional{std::string{}} : std::nullopt;
}

}  // namespace

std::optional<std::string> words_of_record(std::string_view name) {
  for (const auto& known : kKnown) {
    if (!name.starts_with(known.beginning)) continue;
    if (const auto rest = words_of_rest(known.rest, name.substr(known.beginning.size()))) {
      return std::string{known.words} + *rest;
    }
  }
  return std::nullopt;
}

}  // namespace quasimodem::emulator
