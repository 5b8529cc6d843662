// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/ctl/result_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/printable.hpp"

namespace quasimodem::app::control {
namespace {

constexpr std::size_t kIndent = 2;

bool simple(const Json& json) { return !json.if_array() && !json.if_object(); }

std::string scalar(const Json& json) {
  const auto text = text_of(json);
  return text ? printable(*text) : to_text(json);
}

void print(const Json& json, std::size_t indent, std::string& out);

void print_member(std::string_view name, const Json& json, std::size_t indent, std::size_t width, std::string& out) {
  if (simple(json)) {
    out += fmt::format("{:{}}{:<{}}  {}\n", "", indent, printable(name), width, scalar(json));
    return;
  }
  const auto* array = json.if_array();
  if (array && std::all_of(array->begin(), array->end(), simple)) {
    std::vector<std::string> words;
    for (const auto& each : *array) words.push_back(scalar(each));
    out += fmt::format("{:{}}{:<{}}  {}\n", "", indent, printable(name), width,
                       words.empty() ? "-" : fmt::format("{}", fmt::join(words, ", ")));
    return;
  }
  out += fmt::format("{:{}}{}\n", "", indent, printable(name));
  print(json, indent + kIndent, out);
}

/// An object of simple values in an array: one line.
std::string flat(const JsonObject& object) {
  std::string line;
  for (const auto& each : object) {
    if (text_of(each.value()) == "") continue;
    line += fmt::format("{}{}={}", line.empty() ? "" : " ", printable(each.key()), scalar(each.value()));
  }
  return line;
}

void print(const Json& json, std::size_t indent, std::string& out) {
  if (const auto* array = json.if_array()) {
    for (const auto& each : *array) {
      const auto* object = each.if_object();
      if (object && object->contains("seq")) {
        out += record_text(each) + "\n";
      } else if (object &&
                 std::all_of(object->begin(), object->end(), [](const auto& m) { return simple(m.value()); })) {
        out += fmt::format("{:{}}{}\n", "", indent, flat(*object));
      } else {
        print(each, indent, out);
      }
    }
  } else if (const auto* object = json.if_object()) {
    std::size_t width = 0;
    for (const auto& member : *object) width = std::max(width, member.key().size());
    for (const auto& each : *object) print_member(each.key(), each.value(), indent, width, out);
  } else {
    out += fmt::format("{:{}}{}\n", "", indent, scalar(json));
  }
}

}  // namespace

std::string record_text(const Json& record) {
  const auto* seconds = find_member(record, "t");
  const auto* kind = find_member(record, "kind");
  JsonObject rest;
  if (const auto* object = record.if_object()) rest = *object;
  for (const auto name : {"seq", "t", "modem", "kind"}) rest.stable_erase(name);
  const double t = seconds && seconds->is_number() ? seconds->to_number<double>() : 0;
  return fmt::format("{:12.6f} {:<8} {}", t, kind ? scalar(*kind) : "", flat(rest));
}

std::string result_text(const Json& result) {
  if (const auto* done = result.if_bool(); done && *done) return "OK\n";
  if (find_member(result, "seq")) return record_text(result) + "\n";
  // A journal is its records.
  if (const auto* records = find_member(result, "records"); records && records->if_array()) {
    std::string out;
    print(*records, 0, out);
    return out;
  }
  std::string out;
  print(result, 0, out);
  return out;
}

}  // namespace quasimodem::app::control
