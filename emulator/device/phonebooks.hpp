// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/device/phonebook.hpp"

namespace quasimodem::device {

/// All phonebook storages by the name that AT+CPBS gives them.
class Phonebooks {
 public:
  // M66 9: SM 250, ME 100. ASSUMED: the other capacities.
  explicit Phonebooks(storage::Flash& flash) {
    books_.emplace_back("SM", Phonebook{flash, "phonebook-sm", 250});
    books_.emplace_back("ME", Phonebook{flash, "phonebook-me", 100});
    books_.emplace_back("FD", Phonebook{flash, "phonebook-fd", 10});
    books_.emplace_back("ON", Phonebook{flash, {}, 1});
    for (const auto list : {"DC", "LD", "MC", "RC"}) books_.emplace_back(list, Phonebook{flash, {}, 10});
    books_.emplace_back("EN", Phonebook{flash, {}, 2});
  }

  /// A call goes into these lists; the number as dialled or shown, empty when it was withheld.
  void list_call(std::initializer_list<std::string_view> lists, std::string_view number) {
    const bool international = number.starts_with('+');
    constexpr int kUnknown = 128, kNational = 129, kInternational = 145;
    const int type = number.empty() ? kUnknown : international ? kInternational : kNational;
    if (international) number.remove_prefix(1);
    for (const auto list : lists) find(list)->push_front({std::string{number}, type, {}});
  }

  Phonebook* find(std::string_view name) {
    for (auto& [known, book] : books_) {
      if (known == name) return &book;
    }
    return nullptr;
  }

 private:
  std::vector<std::pair<std::string, Phonebook>> books_;
};

}  // namespace quasimodem::device
