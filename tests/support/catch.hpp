// SPDX-License-Identifier: Apache-2.0
/// Catch2 2 (Debian 12) or 3 (newer distributions): include this, not Catch2's own headers.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

namespace Catch {  // the names of Catch2 2
using Matchers::StartsWith;
inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }
}  // namespace Catch
#else
#include <catch2/catch.hpp>
#endif
