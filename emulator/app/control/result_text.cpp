// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/result_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "emulator/app/printable.hpp"

namespace quasimodem::app::control {
namespace {

constexpr std::size_t kIndent = 2;

bool simple(const Json& json) { return !json.as<Json::Array>() && !json.as<Json::Object>(); }

std::string scalar(const Json& json) {
  const auto* text = json.as<std::string>();
  return text ? printable(*text) : to_text(json);
}

void print(const Json& json, std::size_t indent, std::string& out);

void print_member(const std::string& name, const Json& json, std::size_t indent, std::size_t width, std::string& out) {
  if (simple(json)) {
    out += fmt::format("{:{}}{:<{}}  {}\n", "", indent, printable(name), width, scalar(json));
    return;
  }
  const auto* array = json.as<Json::Array>();
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
std::string flat(const Json::Object& object) {
  std::string line;
  for (const auto& [name, value] : object) {
    if (const auto* text = value.as<std::string>(); text && text->empty()) continue;
    line += fmt::format("{}{}={}", line.empty() ? "" : " ", printable(name), scalar(value));
  }
  return line;
}

void print(const Json& json, std::size_t indent, std::string& out) {
  if (const auto* array = json.as<Json::Array>()) {
    for (const auto& each : *array) {
      const auto* object = each.as<Json::Object>();
      if (object && each.find("seq")) {
        out += record_text(each) + "\n";
      } else if (object &&
                 std::all_of(object->begin(), object->end(), [](const auto& m) { return simple(m.second); })) {
        out += fmt::format("{:{}}{}\n", "", indent, flat(*object));
      } else {
        print(each, indent, out);
      }
    }
  } else if (const auto* object = json.as<Json::Object>()) {
    std::size_t width = 0;
    for (const auto& member : *object) width = std::max(width, member.first.size());
    for (const auto& [name, value] : *object) print_member(name, value, indent, width, out);
  } else {
    out += fmt::format("{:{}}{}\n", "", indent, scalar(json));
  }
}

}  // namespace

std::string record_text(const Json& record) {
  const auto* seconds = record.find("t");
  const auto* kind = record.find("kind");
  Json::Object rest;
  for (const auto& [name, value] : *record.as<Json::Object>()) {
    if (name != "seq" && name != "t" && name != "modem" && name != "kind") rest.emplace_back(name, value);
  }
  double t = 0;
  if (seconds && seconds->as<double>()) t = *seconds->as<double>();
  if (seconds && seconds->as<std::int64_t>()) t = static_cast<double>(*seconds->as<std::int64_t>());
  return fmt::format("{:12.6f} {:<8} {}", t, kind ? scalar(*kind) : "", flat(rest));
}

std::string result_text(const Json& result) {
  if (const auto* done = result.as<bool>(); done && *done) return "OK\n";
  if (result.find("seq")) return record_text(result) + "\n";
  // A journal is its records.
  if (const auto* records = result.find("records"); records && records->as<Json::Array>()) {
    std::string out;
    print(*records, 0, out);
    return out;
  }
  std::string out;
  print(result, 0, out);
  return out;
}

}  // namespace quasimodem::app::control
