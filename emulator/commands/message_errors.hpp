// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quasimodem::commands::cms {

// +CMS ERROR numbers that handlers give (M66 16.8).
// ASSUMED: which number stands for what; the manual lists them without saying when each comes.
inline constexpr int kOperationNotSupported = 303;
inline constexpr int kInvalidPdu = 304;
inline constexpr int kInvalidText = 305;
inline constexpr int kNoSim = 310;
inline constexpr int kPinNeeded = 311;
inline constexpr int kPukNeeded = 316;
inline constexpr int kSimFailure = 313;
inline constexpr int kMemoryFailure = 320;
inline constexpr int kInvalidIndex = 321;
inline constexpr int kMemoryFull = 322;
inline constexpr int kNoNetwork = 331;
inline constexpr int kNoAcknowledgementExpected = 340;  // 27.005 3.2.5
inline constexpr int kTooLong = 513;
inline constexpr int kInvalidParameters = 514;
inline constexpr int kNotReady = 3517;  // OBSERVED: logs of drivers, just after boot (quirk Q20)

}  // namespace quasimodem::commands::cms
