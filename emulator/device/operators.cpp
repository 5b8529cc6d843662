// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/operators.hpp"

#include <algorithm>
#include <array>

namespace quasimodem::device {
namespace {

constexpr std::array kOperators{
    Operator{"20404", "vodafone NL", "voda NL"},
    Operator{"20408", "NL KPN", "NL KPN"},
    Operator{"20601", "PROXIMUS", "PROXI"},
    Operator{"20801", "Orange F", "Orange"},
    Operator{"20810", "F SFR", "SFR"},
    Operator{"21401", "vodafone ES", "voda ES"},
    Operator{"21407", "movistar", "movistar"},
    Operator{"22201", "I TIM", "TIM"},
    Operator{"22801", "SwisscomFL", "Swisscom"},
    Operator{"23201", "A1", "A1"},
    Operator{"23410", "O2 - UK", "O2 -UK"},
    Operator{"23415", "vodafone UK", "voda UK"},
    Operator{"24001", "TELIA S", "TELIA"},
    Operator{"26001", "Plus", "PLUS"},
    Operator{"26201", "T-Mobile D", "TMO D"},
    Operator{"26202", "Vodafone.de", "Vodafone"},
    Operator{"26207", "o2 - de", "o2 - de"},
    Operator{"310260", "T-Mobile", "TMO"},
    Operator{"310410", "AT&T", "AT&T"},
    Operator{"40410", "AirTel", "AirTel"},
    Operator{"45400", "CSL", "CSL"},
    Operator{"46000", "CHINA MOBILE", "CMCC"},
    Operator{"46001", "CHINA UNICOM", "UNICOM"},
    Operator{"46601", "Far EasTone", "FET"},
    Operator{"50501", "Telstra Mobile", "Telstra"},
    Operator{"65501", "Vodacom", "Vodacom"},
    Operator{"71606", "Movistar Peru", "Movistar"},
    Operator{"72405", "Claro BR", "Claro BR"},
    Operator{"73001", "ENTEL PCS", "ENTEL"},
    Operator{"73003", "CLARO CHILE", "CLARO CL"},
};

}  // namespace

std::span<const Operator> known_operators() { return kOperators; }

const Operator* operator_of(std::string_view number) {
  const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                  [number](const Operator& each) { return each.number == number; });
  return found == kOperators.end() ? nullptr : &*found;
}

}  // namespace quasimodem::device
