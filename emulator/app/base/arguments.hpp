// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/suggestion.hpp"
#include "core/whole_number.hpp"
#include "emulator/app/base/color.hpp"

namespace quasimodem::device {
enum class Model : std::uint8_t;
}

namespace quasimodem::app {

/// A wrong use of the command line.
[[noreturn]] void usage(const std::string& what, const std::string& way_out = "see: quasimodem --help");

/// What `1`, `true`, `yes` and `on` say, and `0`, `false`, `no` and `off`; nothing for any other word.
std::optional<bool> truth(std::string_view word);

/// The value of --color.
ColorChoice read_color(const std::string& text);

/// The value of --model.
device::Model read_model(const std::string& text);

/// The parts of `a,b,c`.
std::vector<std::string> split(const std::string& list, char separator = ',');

}  // namespace quasimodem::app
