// SPDX-License-Identifier: Apache-2.0
// That the schemas say what the program does is asked of both in tests/integration/test_schemas.py.
#include "emulator/app/cli/schema/documents.hpp"
#include "emulator/app/cli/schema/parts.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;
using namespace quasimodem::app::schema;

TEST_CASE("What is short stands on one line, what is long does not", "[schema]") {
  CHECK(pretty(Json(JsonObject{})) == "{}\n");
  CHECK(pretty(Json(JsonObject{{"a", JsonArray{1, "x\n", nullptr, false}}})) ==
        "{\"a\": [1, \"x\\u000a\", null, false]}\n");
  const std::string wide(60, 'w');
  const JsonObject inner{{"b", wide}, {"c", wide}};
  CHECK(pretty(Json(JsonObject{{"a", inner}, {"d", 1}})) ==
        "{\n  \"a\": {\n    \"b\": \"" + wide + "\",\n    \"c\": \"" + wide + "\"\n  },\n  \"d\": 1\n}\n");
}

TEST_CASE("A text as a pattern stands for itself", "[schema]") {
  CHECK(literal("at.error") == R"(at\.error)");
  CHECK(literal("a|b(c)*[d]{2}+?^$/\\") == R"(a\|b\(c\)\*\[d\]\{2\}\+\?\^\$\/\\)");
}

TEST_CASE("A definition keeps its description: nothing counts beside a $ref", "[schema]") {
  CHECK(described(reference("time"), "how long") ==
        JsonObject{{"description", "how long"}, {"allOf", JsonArray{JsonObject{{"$ref", "#/definitions/time"}}}}});
}

TEST_CASE("Each schema is a document of its own", "[schema]") {
  for (const auto& document : {configuration_schema(), scenario_schema(), profile_schema()}) {
    CHECK(document.at("$schema") == "http://json-schema.org/draft-07/schema#");
    CHECK(document.at("additionalProperties") == false);
    CHECK_FALSE(document.at("properties").as_object().empty());
  }
}
