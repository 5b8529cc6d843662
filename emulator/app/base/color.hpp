// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quasimodem::app {

/// --color
enum class ColorChoice { automatic, always, never };

enum class Coloring { plain, colored };

/// Whether text for a stream gets colour. `automatic` asks, in this order: NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR,
/// TERM=dumb, and whether the descriptor is a terminal.
Coloring coloring(ColorChoice choice, int descriptor);

}  // namespace quasimodem::app
