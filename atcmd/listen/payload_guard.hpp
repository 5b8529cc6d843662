// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/listen/pem_finder.hpp"
#include "atcmd/table/command_table.hpp"
#include "core/bytes.hpp"
#include "core/time.hpp"

namespace quasimodem::atcmd {

/// Tells which bytes from the TE may be a certificate or a key, so that whoever writes a dialogue down leaves them out.
///
/// It looks at the bytes alone, not at what the module makes of them: a host that sends its key although the upload was
/// refused, cut short by a power failure or announced too small gives nothing away. After a command line that announces
/// a secret payload everything is withheld until a line begins with `AT`: at once, once the announced size has come, or
/// after a silence. Within a PEM block only a silence counts.
class PayloadGuard {
 public:
  /// Shorter than the guard time of `+++`, longer than a gap within a file on any line that works.
  static constexpr Duration kSilence = 400ms;

  /// What a command line announces: its command's parameters and the size, 0 when that cannot be read.
  struct Announcement {
    std::string_view parameters;
    std::size_t size = 0;
  };

  /// Called in the order of the bytes. Two or three bytes may be kept back until it is clear what they are.
  struct Told {
    std::function<void(const Announcement&)> announced;
    std::function<void(ByteSpan)> shown;
    std::function<void(std::size_t count, bool overrun)> withheld;  ///< overrun: more than was announced has come
  };

  PayloadGuard(std::span<const Family> families, Told told);

  void feed(ByteSpan bytes, Instant now, char terminator);
  /// A secret came that is not fed: what comes behind it in a record is none.
  void skip();

  /// Between the announcement and the end of a payload, as far as anybody can tell.
  bool locked() const { return locked_; }

 private:
  std::size_t show(ByteSpan bytes, char terminator);
  std::size_t hide(ByteSpan bytes);
  std::size_t read_on(ByteSpan bytes, char terminator);
  void end_line(bool repeats);
  void take_payload();
  void unlock();
  bool opens(std::string_view beginning) const;
  bool in_the_middle() const;
  void lock(std::size_t announced);
  std::optional<Announcement> announced_in(std::string_view line) const;

  static constexpr std::size_t kLongestLine = 600;

  std::vector<const Command*> uploads_;  ///< those with a secret payload
  Told told_;
  std::string line_;                          ///< of commands, while nothing is withheld
  std::string last_line_;                     ///< for A/
  std::optional<Announcement> announcement_;  ///< not told yet
  bool locked_ = false;
  bool quiet_before_ = false;
  bool line_start_ = false;
  PemFinder pem_;
  std::size_t announced_ = 0;
  std::size_t seen_ = 0;   ///< of the payload
  std::string kept_back_;  ///< may be the `AT` of a command
  Instant last_{};
};

}  // namespace quasimodem::atcmd
