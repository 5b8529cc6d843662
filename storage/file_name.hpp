// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace quasimodem::storage {

enum class Volume { ram, nvram };

/// SSL 2.2.7: two CA certificates, one client certificate, one client key.
inline constexpr std::array<std::string_view, 4> kNvramFiles{"CA0", "CA1", "CC0", "CK0"};

/// What a file of NVRAM may be called: CA0, CA1, CC0 and CK0 (SSL 2.2.7), or anything (OBSERVED: firmware of the note's
/// V3.2, FR 7).
enum class NvramNames { four, any };

/// `RAM:ca_cert.pem` or `NVRAM:CA0`, SSL 2.2.1 note 1.
/// ASSUMED: the volume compares without case, the file name with case (at-reference 3.9, inferred).
class SecurityFileName {
 public:
  static std::optional<SecurityFileName> parse(std::string_view text, NvramNames nvram = NvramNames::four);

  Volume volume() const { return volume_; }
  const std::string& file() const { return file_; }
  std::string text() const;
  /// NVRAM: one of the four that every firmware has.
  bool is_one_of_four() const;
  auto operator<=>(const SecurityFileName&) const = default;

 private:
  SecurityFileName(Volume volume, std::string file) : volume_{volume}, file_{std::move(file)} {}
  Volume volume_;
  std::string file_;
};

}  // namespace quasimodem::storage
