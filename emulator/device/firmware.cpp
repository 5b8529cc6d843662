// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/firmware.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "emulator/device/model_profile.hpp"

namespace quasimodem::device {
namespace {

constexpr std::array kSwitches{
    // Contradicted by SSL 2.2.3 and uModem, which have `CLOSE OK` alone.
    FirmwareSwitch{.name = "close-index",
                   .effect = "with several sessions AT+QICLOSE and AT+QSSLCLOSE answer `<n>, CLOSE OK`, not `CLOSE OK`",
                   .evidence = "SSL 3.1; RT-Thread and ubirch need it, uModem needs it off",
                   .value = &Firmware::close_index,
                   .choice = &FirmwareChoice::close_index,
                   .when = &FirmwareHistory::close_index},
    FirmwareSwitch{.name = "transparent-ssl",
                   .effect = "`<connectmode>` 1 of AT+QSSLOPEN; without it the answer is `ERROR`",
                   .evidence = "SSL 2.2.2 names it; much firmware of 2015 lacks it (MC60 has it from R01A06, 2017)",
                   .value = &Firmware::transparent_ssl,
                   .choice = &FirmwareChoice::transparent_ssl,
                   .when = &FirmwareHistory::transparent_ssl},
    // Quirk Q19.
    FirmwareSwitch{.name = "ccid-prefix",
                   .effect = "AT+QCCID answers `+QCCID: <number>`, not the bare number",
                   .evidence = "TinyGSM's M95 client waits for it; other models' drivers take the line as the number",
                   .value = &Firmware::ccid_prefix,
                   .choice = &FirmwareChoice::ccid_prefix,
                   .when = &FirmwareHistory::ccid_prefix},
    FirmwareSwitch{.name = "cusd-blank",
                   .effect = "a blank before `<dcs>` of `+CUSD: 0,\"…\", 15`",
                   .evidence = "samples of the M66 and MC60 manuals; a real M35 has none",
                   .value = &Firmware::cusd_blank,
                   .choice = &FirmwareChoice::cusd_blank,
                   .when = &FirmwareHistory::cusd_blank},
    FirmwareSwitch{.name = "nvram-names",
                   .effect = "names after `NVRAM:` are free; otherwise CA0, CA1, CC0 and CK0 are all there are",
                   .evidence = "note V3.2, as an engineer of the maker quotes it; V3.1 has the four",
                   .value = &Firmware::nvram_names,
                   .choice = &FirmwareChoice::nvram_names,
                   .when = &FirmwareHistory::nvram_names},
    FirmwareSwitch{.name = "sni",
                   .effect = "AT+QSSLCFG=\"sni\" is there: with 1 the ClientHello names the host, unless by address",
                   .evidence = "release notes of the MC60: from R01A08; a driver of the M26 has it",
                   .value = &Firmware::sni,
                   .choice = &FirmwareChoice::sni,
                   .when = &FirmwareHistory::sni},
    FirmwareSwitch{.name = "xoff-filler",
                   .effect = "with AT+IFC=1 the module answers each XOFF with 0xFF",
                   .evidence = "for hosts whose UART loses the byte after its XOFF; the shield's library, which drops "
                               "one 0xFF, makes it by itself on the idle line",
                   .value = &Firmware::xoff_filler,
                   .choice = &FirmwareChoice::xoff_filler,
                   .when = &FirmwareHistory::xoff_filler},
    FirmwareSwitch{.name = "long-pdu",
                   .effect = "AT+CMGS in PDU mode takes octets beyond TP-UDL; otherwise they are `+CMS ERROR: 304`",
                   .evidence = "two npm libraries send such PDUs, and users of other makes report success",
                   .value = &Firmware::long_pdu,
                   .choice = &FirmwareChoice::long_pdu,
                   .when = &FirmwareHistory::long_pdu},
    FirmwareSwitch{.name = "shared-context",
                   .effect = "AT+QIACT takes a context that AT+CGACT has activated; otherwise it is `ERROR`",
                   .evidence = "SSL 1.4.1 has the error; TinyGSM's MC60 client activates by both, and needs both",
                   .value = &Firmware::shared_context,
                   .choice = &FirmwareChoice::shared_context,
                   .when = &FirmwareHistory::shared_context},
    FirmwareSwitch{.name = "http-config",
                   .effect = "AT+QHTTPCFG and AT+QHTTPRSP are there",
                   .evidence = "the maker's samples for MC60 and M26; release notes of the MC60",
                   .value = &Firmware::http_config,
                   .choice = &FirmwareChoice::http_config,
                   .when = &FirmwareHistory::http_config},
    FirmwareSwitch{.name = "http-error-body",
                   .effect = "an answer with status 400 and above is `OK` and can be read; otherwise it is "
                             "`+CME ERROR: 3822`",
                   .evidence = "a real M95 has the error; AT+QHTTPRSP of later firmware has 4xx and 5xx to tell",
                   .value = &Firmware::http_error_body,
                   .choice = &FirmwareChoice::http_error_body,
                   .when = &FirmwareHistory::http_error_body},
    FirmwareSwitch{.name = "smtp",
                   .effect = "AT+QSMTP* are there",
                   .evidence = "drivers for several models; release notes of the MC60: taken out in R01A06",
                   .value = &Firmware::smtp,
                   .choice = &FirmwareChoice::smtp,
                   .when = &FirmwareHistory::smtp},
    FirmwareSwitch{.name = "mqtt",
                   .effect = "AT+QMT* are there",
                   .evidence = "the M95's note on MQTT is of 2017-06; release notes of the MC60: from R01A07",
                   .value = &Firmware::mqtt,
                   .choice = &FirmwareChoice::mqtt,
                   .when = &FirmwareHistory::mqtt},
    FirmwareSwitch{.name = "mqtt-bare-payload",
                   .effect = "`+QMTRECV: <client>,<msgid>,\"<topic>\",<payload>`, the payload without quotes",
                   .evidence = "uModem and drivers of the MC20 parse it so; the SDK and a log of an MC60 have quotes",
                   .value = &Firmware::mqtt_bare_payload,
                   .choice = &FirmwareChoice::mqtt_bare_payload,
                   .when = &FirmwareHistory::mqtt_bare_payload},
    FirmwareSwitch{.name = "ftp-blank",
                   .effect = "a blank after the colon of `+QFTPPATH: 0`, `+QFTPCLOSE: 0`, `+QFTPSIZE: 5` and "
                             "`+QFTPSTAT: IDLE`",
                   .evidence = "two drivers of a later M95; the maker's SDK and four other drivers have none",
                   .value = &Firmware::ftp_blank,
                   .choice = &FirmwareChoice::ftp_blank,
                   .when = &FirmwareHistory::ftp_blank},
    FirmwareSwitch{.name = "ftp-error-line",
                   .effect = "a line `+QFTPERROR:<n>` before the negative result of AT+QFTPGET and AT+QFTPPUT",
                   .evidence = "seen on one M95, and in the table of a driver",
                   .value = &Firmware::ftp_error_line,
                   .choice = &FirmwareChoice::ftp_error_line,
                   .when = &FirmwareHistory::ftp_error_line},
};

}  // namespace

std::span<const FirmwareSwitch> firmware_switches() { return kSwitches; }

const FirmwareSwitch* firmware_switch(std::string_view name) {
  const auto* found =
      std::find_if(kSwitches.begin(), kSwitches.end(), [name](const auto& row) { return row.name == name; });
  return found == kSwitches.end() ? nullptr : found;
}

Firmware firmware_of(const ModelProfile& model, FirmwareDate date, const FirmwareChoice& choice) {
  Firmware firmware;
  for (const auto& row : kSwitches) {
    firmware.*row.value = (choice.*row.choice).value_or((model.firmware->*row.when).has(date));
  }
  return firmware;
}

std::string default_in_words(const FirmwareSwitch& row) {
  std::map<FirmwareSpan, std::vector<std::string_view>> keys;
  for (const auto& profile : model_profiles()) {
    if (const auto& span = profile.firmware->*row.when; span.from) keys[span].push_back(profile.key);
  }
  std::string words = keys.empty() ? "off" : "on";
  const auto month = [](std::string_view word, FirmwareDate date) {
    return fmt::format(" {} {}-{:02}", word, date.year, date.month);
  };
  for (const auto& [span, those] : keys) {
    if (span != keys.begin()->first) words += ';';
    if (those.size() < model_profiles().size()) words += fmt::format(" for {}", fmt::join(those, ", "));
    if (span.from != kAlways.from) words += month("from", *span.from);
    if (span.before) words += month("before", *span.before);
  }
  return words;
}

}  // namespace quasimodem::device
