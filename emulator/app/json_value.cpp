// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/json_value.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "emulator/app/json_text.hpp"

namespace quasimodem::app {
namespace {

class Printer {
 public:
  explicit Printer(std::string& out) : out_{out} {}

  void operator()(std::nullptr_t) { out_ += "null"; }
  void operator()(bool flag) { out_ += flag ? "true" : "false"; }
  void operator()(std::int64_t number) { out_ += std::to_string(number); }
  void operator()(double number) { out_ += fmt::format("{}", number); }
  void operator()(const std::string& text) { out_ += json_string(text); }
  void operator()(const Json::Array& array) {
    print_all(
        '[', array, [this](const Json& each) { std::visit(*this, each.value); }, ']');
  }
  void operator()(const Json::Object& object) {
    const auto member = [this](const auto& each) {
      out_ += json_string(each.first);
      out_ += ':';
      std::visit(*this, each.second.value);
    };
    print_all('{', object, member, '}');
  }

 private:
  template <class All, class Print>
  void print_all(char open, const All& all, const Print& print, char close) {
    out_ += open;
    bool first = true;
    for (const auto& each : all) {
      if (!first) out_ += ',';
      first = false;
      print(each);
    }
    out_ += close;
  }

  std::string& out_;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  const auto* object = as<Object>();
  if (!object) return nullptr;
  const auto found = std::find_if(object->begin(), object->end(), [&](const auto& each) { return each.first == name; });
  return found == object->end() ? nullptr : &found->second;
}

std::string to_text(const Json& json) {
  std::string text;
  std::visit(Printer{text}, json.value);
  return text;
}

}  // namespace quasimodem::app
