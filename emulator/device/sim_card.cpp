// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/sim_card.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/big_endian.hpp"
#include "emulator/device/sms/alphabet.hpp"

namespace quasimodem::device {
namespace {

constexpr int kMaster = 0x3F00, kTelecom = 0x7F10, kGsm = 0x7F20, kUsim = 0x7FFF;
constexpr int kDirectories[] = {kMaster, kTelecom, kGsm, kUsim};

// GSM 11.11 9.2, TS 102 221 10.1.2.
constexpr int kVerify = 0x20, kUnblock = 0x2C, kSelect = 0xA4, kReadBinary = 0xB0, kReadRecord = 0xB2,
              kGetResponse = 0xC0, kUpdateBinary = 0xD6, kUpdateRecord = 0xDC, kStatus = 0xF2;

constexpr SimAnswer words(int sw1, int sw2) {
  return {{}, static_cast<std::uint8_t>(sw1), static_cast<std::uint8_t>(sw2)};
}

// The name of the USIM application, TS 101 220.
constexpr std::string_view kUsimName = "A0000000871002FF86FFFF89FFFFFFFF";

Bytes hex(std::string_view digits) { return *sms::from_hex(digits); }

/// Two digits an octet, the first one in the low half (GSM 11.11 10.1.1, 10.3.2).
Bytes swapped(std::string digits) {
  if (digits.size() % 2) digits += 'F';
  for (std::size_t i = 0; i < digits.size(); i += 2) std::swap(digits[i], digits[i + 1]);
  return hex(digits);
}

Bytes padded(Bytes content, std::size_t size) {
  content.resize(std::max(size, content.size()), 0xFF);
  return content;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) append(all, part);
  return all;
}

/// GSM 11.11 10.5.5: no name, the number, no extension.
Bytes subscriber_number(std::string_view number) {
  constexpr std::size_t kName = 14, kDigits = 10;
  const bool international = number.starts_with('+');
  if (international) number.remove_prefix(1);
  auto digits = number.empty() ? Bytes{} : swapped(std::string{number.substr(0, 2 * kDigits)});
  const auto length = number.empty() ? Bytes{0xFF, 0xFF}
                                     : Bytes{static_cast<std::uint8_t>(digits.size() + 1),
                                             static_cast<std::uint8_t>(international ? 0x91 : 0x81)};
  return joined({padded({}, kName), length, padded(std::move(digits), kDigits), {0xFF, 0xFF}});
}

/// As GSM 24.008 10.5.1.3 has it: 460 and 00 are 64 F0 00.
Bytes network_of(std::string_view imsi) {
  return {static_cast<std::uint8_t>((imsi[1] - '0') << 4 | (imsi[0] - '0')),
          static_cast<std::uint8_t>(0xF0 | (imsi[2] - '0')),
          static_cast<std::uint8_t>((imsi[4] - '0') << 4 | (imsi[3] - '0'))};
}

std::uint8_t low(std::size_t value) { return static_cast<std::uint8_t>(value); }
std::uint8_t high(std::size_t value) { return static_cast<std::uint8_t>(value >> 8); }

/// The first `wanted` octets, all when that is 0; nothing when there are not as many.
std::optional<Bytes> first(const Bytes& all, std::size_t wanted) {
  if (wanted > all.size()) return std::nullopt;
  return Bytes{all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted ? wanted : all.size())};
}

/// The digits of a PIN in its eight octets.
std::string pin_of(ByteSpan octets) {
  std::string pin{as_text(octets)};
  pin.erase(std::find(pin.begin(), pin.end(), '\xFF'), pin.end());
  return pin;
}

}  // namespace

struct SimCard::Apdu {
  Language language;
  int instruction;
  int p1;
  int p2;
  std::size_t p3;  ///< octets that follow, or that are wanted
  ByteSpan data;
};

// The words of GSM 11.11 9.4 and of TS 102 221 10.2.
SimAnswer SimCard::no_file(Language language) {
  return language == Language::gsm ? words(0x94, 0x00) : words(0x69, 0x86);
}

/// Every file here is the operator's to write (ADM).
SimAnswer SimCard::update_refused(Language language) {
  return language == Language::gsm ? words(0x98, 0x04) : words(0x69, 0x82);
}

// ---- files ----

std::vector<SimCard::File> SimCard::files() const {
  const std::string imsi{sim_.imsi()};
  std::vector<File> files;
  const auto add = [&](int id, int directory, bool needs_pin, Bytes content, std::size_t record = 0) {
    files.push_back({id, directory, needs_pin, record, std::move(content)});
  };
  constexpr std::size_t kApplication = 38;
  add(0x2FE2, kMaster, false, swapped(std::string{sim_.iccid()}));
  add(0x2F00, kMaster, false,
      padded(joined({hex("61184F10"), hex(kUsimName), hex("5004"), to_bytes("USIM")}), kApplication), kApplication);
  const auto msisdn = subscriber_number(own_number_);
  add(0x6F40, kTelecom, true, msisdn, msisdn.size());
  for (const int directory : {kGsm, kUsim}) {
    add(0x6F07, directory, true, joined({{0x08}, swapped("9" + imsi)}));
    add(0x6FAD, directory, false, hex("00000002"));  // normal operation, two digits of network code
    add(0x6FAE, directory, false, {0x03});           // phase 2+
    // PIN off, phonebook, messages; own number; provider's name; HPLMN with access technology.
    add(0x6F38, directory, true, hex("CF0003000300000000000003"));
    add(0x6F46, directory, false, padded(joined({{0x00}, to_bytes(sim_.provider())}), 17));
    add(0x6F62, directory, true, joined({network_of(imsi), hex("0080")}));  // GSM
    add(0x6F78, directory, true, hex("0001"));
    add(0x6F7B, directory, true, padded({}, 12));
    add(0x6F7E, directory, true, joined({padded({}, 4), network_of(imsi), hex("FFFEFF01")}));
    add(0x6FB7, directory, false, padded(hex("11F2FF"), 15));  // 112
  }
  return files;
}

const SimCard::File* SimCard::current_file(const std::vector<File>& files) const {
  const auto found = std::find_if(files.begin(), files.end(), [this](const File& file) {
    return file.id == file_ && file.directory == directory_;
  });
  return found == files.end() ? nullptr : &*found;
}

Bytes SimCard::applications() const {
  for (auto& file : files()) {
    if (file.id == 0x2F00) return std::move(file.content);
  }
  return {};
}

// ---- what a file or directory is ----

/// GSM 11.11 9.2.1, or the template of TS 102 221 11.1.1.3.
Bytes SimCard::description(const File& file, Language language) const {
  const auto size = file.content.size();
  const std::uint8_t structure = file.record ? 1 : 0;
  if (language == Language::gsm) {
    const std::uint8_t access = file.needs_pin ? 0x14 : 0x04;
    return {0,
            0,
            high(size),
            low(size),
            high(static_cast<std::size_t>(file.id)),
            low(static_cast<std::size_t>(file.id)),
            0x04,
            0,
            access,
            0xFF,
            0x44,
            0x01,
            0x02,
            structure,
            low(file.record)};
  }
  const auto id = static_cast<std::size_t>(file.id);
  const auto kind = file.record ? Bytes{0x82, 0x05, 0x42, 0x21, 0x00, low(file.record), low(size / file.record)}
                                : Bytes{0x82, 0x02, 0x41, 0x21};
  const auto rest =
      joined({kind, {0x83, 0x02, high(id), low(id), 0x8A, 0x01, 0x05, 0x80, 0x02, high(size), low(size)}});
  return joined({{0x62, low(rest.size())}, rest});
}

Bytes SimCard::description_of_directory(int id, Language language) const {
  const auto number = static_cast<std::size_t>(id);
  const auto all = files();
  const auto inside = std::count_if(all.begin(), all.end(), [id](const File& file) { return file.directory == id; });
  constexpr std::uint8_t kInitialised = 0x80;
  const auto pin = static_cast<std::uint8_t>(kInitialised | sim_.pin_tries());
  const auto puk = static_cast<std::uint8_t>(kInitialised | sim_.puk_tries());
  if (language == Language::gsm) {
    const std::uint8_t kind = id == kMaster ? 1 : 2;
    const std::uint8_t pin_off = sim_.locked() ? 0x00 : 0x80;
    const std::uint8_t directories = id == kMaster ? 2 : 0;
    return {0,
            0,
            0,
            0,
            high(number),
            low(number),
            kind,
            0,
            0,
            0,
            0,
            0,
            0x0A,
            static_cast<std::uint8_t>(0x13 | pin_off),
            directories,
            low(static_cast<std::size_t>(inside)),
            4,
            0,
            pin,
            puk,
            kInitialised | 3,
            kInitialised | 10,
            0};
  }
  const auto rest = joined({{0x82, 0x02, 0x78, 0x21, 0x83, 0x02, high(number), low(number)},
                            {0x8A, 0x01, 0x05, 0xC6, 0x06, 0x90, 0x01},
                            {static_cast<std::uint8_t>(sim_.locked() ? 0x80 : 0x00), 0x83, 0x01, 0x01}});
  return joined({{0x62, low(rest.size())}, rest});
}

// ---- AT+CRSM ----

SimAnswer SimCard::access(const SimRequest& request) const {
  const auto all = files();
  const auto wanted = static_cast<std::size_t>(request.p3);
  const bool directory =
      std::find(std::begin(kDirectories), std::end(kDirectories), request.file) != std::end(kDirectories);
  // ASSUMED: the module does not ask the card for more than it has, however much the TE asks for.
  const auto shortened = [wanted](const Bytes& all_of_it) {
    return SimAnswer{*first(all_of_it, std::min(wanted, all_of_it.size()))};
  };
  if (request.instruction == kStatus) return shortened(description_of_directory(kGsm, Language::gsm));
  if (directory && request.instruction == kGetResponse)
    return shortened(description_of_directory(request.file, Language::gsm));
  const auto file = std::find_if(all.begin(), all.end(), [&](const File& each) { return each.id == request.file; });
  if (file == all.end()) return words(0x94, 0x04);
  switch (request.instruction) {
    case kGetResponse: return shortened(description(*file, Language::gsm));
    case kReadBinary:
    case kReadRecord: {
      SimCard opened{*this};
      opened.directory_ = file->directory;
      opened.file_ = file->id;
      return opened.read({Language::gsm, request.instruction, request.p1, request.p2, wanted, {}});
    }
    case kUpdateBinary:
    case kUpdateRecord: return update_refused(Language::gsm);
    default: return words(0x6D, 0x00);
  }
}

// ---- AT+CSIM ----

void SimCard::reset() {
  directory_ = kMaster;
  file_ = 0;
  response_.clear();
}

SimAnswer SimCard::transmit(ByteSpan octets) {
  constexpr std::size_t kHeader = 5;
  if (octets.size() < kHeader - 1) return words(0x67, 0x00);
  constexpr int kGsmClass = 0xA0, kUiccClass = 0x00;
  if (octets[0] != kGsmClass && octets[0] != kUiccClass) return words(0x6E, 0x00);
  const auto rest = octets.subspan(std::min(kHeader, octets.size()));
  const std::size_t p3 = octets.size() < kHeader ? 0 : octets[kHeader - 1];
  const Apdu apdu{.language = octets[0] == kGsmClass ? Language::gsm : Language::uicc,
                  .instruction = octets[1],
                  .p1 = octets[2],
                  .p2 = octets[3],
                  .p3 = p3,
                  .data = rest.first(std::min(p3, rest.size()))};  // what may follow is <Le>
  switch (apdu.instruction) {
    case kSelect: return select(apdu);
    case kGetResponse: return give_response(apdu);
    case kReadBinary:
    case kReadRecord: return read(apdu);
    case kUpdateBinary:
    case kUpdateRecord: return current_file(files()) ? update_refused(apdu.language) : no_file(apdu.language);
    case kVerify:
    case kUnblock: return verify(apdu);
    case kStatus: response_ = description_of_directory(directory_, apdu.language); return give_response(apdu);
    default: return words(0x6D, 0x00);
  }
}

/// A directory anywhere, or a file of the present one.
bool SimCard::select(int id, const std::vector<File>& files) {
  if (std::find(std::begin(kDirectories), std::end(kDirectories), id) != std::end(kDirectories)) {
    directory_ = id;
    file_ = 0;
    return true;
  }
  const auto before = std::exchange(file_, id);
  if (current_file(files)) return true;
  file_ = before;
  return false;
}

SimAnswer SimCard::select(const Apdu& apdu) {
  constexpr int kByName = 4, kByPath = 8, kSilent = 0x0C;
  const bool gsm = apdu.language == Language::gsm;
  if (apdu.data.size() < 2 || apdu.data.size() < apdu.p3) return words(0x67, 0x00);
  const auto all = files();
  bool found = true;
  if (!gsm && apdu.p1 == kByName) {
    const auto name = hex(kUsimName);
    found = apdu.data.size() <= name.size() && std::equal(apdu.data.begin(), apdu.data.end(), name.begin()) &&
            select(kUsim, all);
  } else {
    if (!gsm && apdu.p1 == kByPath) select(kMaster, all);
    for (std::size_t i = 0; found && i + 1 < apdu.data.size(); i += 2)
      found = select(get_be<std::uint16_t>(apdu.data.subspan(i)), all);
  }
  if (!found) return gsm ? words(0x94, 0x04) : words(0x6A, 0x82);
  const auto* file = current_file(all);
  response_ = file ? description(*file, apdu.language) : description_of_directory(directory_, apdu.language);
  if (!gsm && apdu.p2 == kSilent) return {};
  return words(gsm ? 0x9F : 0x61, static_cast<int>(response_.size()));
}

SimAnswer SimCard::give_response(const Apdu& apdu) {
  if (response_.empty()) return words(0x6F, 0x00);
  const auto data = first(response_, apdu.p3);
  if (data) return {*data};
  return words(apdu.language == Language::gsm ? 0x67 : 0x6C, static_cast<int>(response_.size()));
}

SimAnswer SimCard::read(const Apdu& apdu) const {
  const bool gsm = apdu.language == Language::gsm;
  const auto all = files();
  const auto* file = current_file(all);
  if (!file) return no_file(apdu.language);
  const bool by_record = apdu.instruction == kReadRecord;
  if (by_record != (file->record > 0)) return gsm ? words(0x94, 0x08) : words(0x69, 0x81);
  if (file->needs_pin && !verified()) return gsm ? words(0x98, 0x04) : words(0x69, 0x82);

  const auto size = file->content.size();
  const auto p1 = static_cast<std::size_t>(apdu.p1);
  const auto from = by_record ? (p1 - 1) * file->record : p1 << 8 | static_cast<std::size_t>(apdu.p2);
  if (by_record && (p1 < 1 || from + file->record > size)) return gsm ? words(0x94, 0x02) : words(0x6A, 0x83);
  if (from > size) return gsm ? words(0x94, 0x02) : words(0x6B, 0x00);
  const auto there = by_record ? file->record : size - from;
  const bool wrong = by_record ? apdu.p3 && apdu.p3 != there : apdu.p3 > there;
  if (wrong) return words(gsm ? 0x67 : 0x6C, static_cast<int>(by_record ? there : std::min<std::size_t>(size, 0xFF)));
  const auto begin = file->content.begin() + static_cast<std::ptrdiff_t>(from);
  return {Bytes{begin, begin + static_cast<std::ptrdiff_t>(apdu.p3 ? apdu.p3 : there)}};
}

/// Without data it is the question how many tries are left (TS 102 221 11.1.9).
SimAnswer SimCard::verify(const Apdu& apdu) const {
  constexpr std::size_t kPin = 8;
  const bool gsm = apdu.language == Language::gsm;
  const bool unblocks = apdu.instruction == kUnblock;
  const bool second = apdu.p2 == 2 || apdu.p2 == 0x81;
  if (apdu.p2 > 2 && !second) return gsm ? words(0x98, 0x02) : words(0x6A, 0x86);
  const auto tries_left = [&] {
    if (second) return unblocks ? Sim::kPukTries : Sim::kPinTries;
    return unblocks ? sim_.puk_tries() : sim_.pin_tries();
  };
  const auto counted = [&] { return tries_left() > 0 ? words(0x63, 0xC0 | tries_left()) : words(0x69, 0x83); };
  if (apdu.data.empty()) return gsm ? words(0x67, 0x00) : counted();
  if (apdu.data.size() != (unblocks ? 2 * kPin : kPin)) return words(0x67, 0x00);
  if (second) return gsm ? words(0x98, 0x08) : words(0x69, 0x84);  // ASSUMED: PIN2 guards nothing here
  const auto pin = pin_of(apdu.data.first(kPin));
  const auto result = unblocks ? on_puk(pin, pin_of(apdu.data.last(kPin))) : on_pin(pin);
  switch (result) {
    case Sim::PinResult::accepted: return {};
    case Sim::PinResult::wrong: return gsm ? words(0x98, 0x04) : counted();
    case Sim::PinResult::puk_asked_for: return gsm ? words(0x98, 0x40) : words(0x69, 0x83);
    case Sim::PinResult::not_asked_for:
    case Sim::PinResult::no_sim: break;
  }
  return gsm ? words(0x98, 0x08) : words(0x69, 0x84);
}

}  // namespace quasimodem::device
