// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "emulator/device/sim.hpp"

namespace quasimodem::device {

/// What the SIM says to one command: its data, and the status words behind them.
struct SimAnswer {
  Bytes data{};
  std::uint8_t sw1 = 0x90;
  std::uint8_t sw2 = 0x00;
};

/// One command of GSM 11.11 9.2 to a file, AT+CRSM.
struct SimRequest {
  int instruction;  ///< 176 READ BINARY, 178 READ RECORD, 192 GET RESPONSE, 242 STATUS; others are not supported
  int file;
  int p1;
  int p2;
  int p3;  ///< octets; 0: as many as there are
};

/// The files on the SIM and the commands that read them: GSM 11.11 (class A0), and TS 102 221 (class 00) since the
/// cards of the time have both. ASSUMED: which files an ordinary card has, and that nothing can be written to it.
class SimCard {
 public:
  /// `sim` has the PIN and the names; it may be replaced by another in its place, `reset` follows then.
  SimCard(Sim& sim, std::string own_number) : sim_{sim}, own_number_{std::move(own_number)} {}

  /// Who tries a PIN, and a PUK with the new PIN; the module has more to do than the card.
  std::function<Sim::PinResult(std::string_view pin)> on_pin;
  std::function<Sim::PinResult(std::string_view puk, std::string_view new_pin)> on_puk;

  /// The supply came: the master file is selected.
  void reset();

  /// AT+CRSM: the module selects the file by itself. The answer is that of GSM 11.11.
  SimAnswer access(const SimRequest& request) const;
  /// AT+CSIM: a command APDU as it is.
  SimAnswer transmit(ByteSpan apdu);

  /// The records of EF DIR one after the other, AT+CUAD.
  Bytes applications() const;

 private:
  enum class Language { gsm, uicc };
  struct File {
    int id;
    int directory;
    bool needs_pin;
    std::size_t record;  ///< octets of each; 0: a transparent file
    Bytes content;
  };
  struct Apdu;

  std::vector<File> files() const;
  const File* current_file(const std::vector<File>& files) const;
  bool select(int id, const std::vector<File>& files);
  Bytes description(const File& file, Language language) const;
  Bytes description_of_directory(int id, Language language) const;
  SimAnswer select(const Apdu& apdu);
  SimAnswer give_response(const Apdu& apdu);
  SimAnswer read(const Apdu& apdu) const;
  SimAnswer verify(const Apdu& apdu) const;
  static SimAnswer no_file(Language language);
  static SimAnswer update_refused(Language language);
  bool verified() const { return sim_.status() == SimStatus::ready; }

  Sim& sim_;
  std::string own_number_;
  int directory_ = 0x3F00;
  int file_ = 0;  ///< 0: none
  Bytes response_;
};

}  // namespace quasimodem::device
