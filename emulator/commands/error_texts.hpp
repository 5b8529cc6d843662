// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "atcmd/syntax/dialogue.hpp"

namespace quasimodem::commands {

/// +CME ERROR numbers that handlers give (M66 16.7; file codes: at-reference 1.8).
namespace cme {
inline constexpr int kOperationNotAllowed = 3;
inline constexpr int kSimNotInserted = 10;
inline constexpr int kSimPinRequired = 11;
inline constexpr int kSimPukRequired = 12;
inline constexpr int kSimFailure = 13;
inline constexpr int kSimBusy = 14;
inline constexpr int kIncorrectPassword = 16;
inline constexpr int kMemoryFull = 20;
inline constexpr int kMemoryFailure = 23;
inline constexpr int kNoNetworkService = 30;
inline constexpr int kServiceNotSubscribed = 133;
inline constexpr int kOperatorFormatWrong = 3742;
inline constexpr int kInvalidInput = 3765;
inline constexpr int kInvalidArfcn = 3774;
inline constexpr int kFileWriteFailed = 4002;
inline constexpr int kFileReadFailed = 4004;
inline constexpr int kFileDeleteFailed = 4006;
inline constexpr int kFileNoSpace = 4008;
inline constexpr int kFileTimeOut = 4009;
inline constexpr int kFileNotFound = 4010;
inline constexpr int kFileTooLarge = 4011;
inline constexpr int kFileAlreadyExists = 4012;
inline constexpr int kFileInvalidParameter = 4013;
}  // namespace cme

/// Why the network refused a message, when +CMS ERROR tells the network's own number; else empty.
std::string_view network_cause(int number);

/// The words of AT+CMEE=2.
extern const atcmd::ErrorTexts kErrorTexts;

}  // namespace quasimodem::commands
