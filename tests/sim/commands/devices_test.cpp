// Mappings of cards and GPUs as the program's user meets them: made, proved, edited, run.
#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "mappings/format/device_mapping.hpp"
#include "tests/sim/program.hpp"

namespace fs = std::filesystem;
using moesaic::mappings::DeviceMapping;
using moesaic::mappings::DeviceSlice;

namespace {

nlohmann::json run_record(const TemporaryFolder& folder, const std::string& what) {
  const Answer answer = run_moesaic(folder, "compare reduced-moe " + what + " --json --output run");
  CAPTURE(answer.error);
  REQUIRE(answer.code == 0);
  fs::remove_all(folder / "run");
  return nlohmann::json::parse(answer.out).at("records")[0];
}

/// Of the first machine; everything but what says that there is a mapping.
nlohmann::json numbers(nlohmann::json record) {
  record.erase("notes");
  return record;
}

double seconds(const nlohmann::json& record) {
  return record.at("seconds").at("nominal").get<double>();
}

template <class Edit> void edit(const TemporaryFolder& folder, const char* from, const char* to, Edit change) {
  DeviceMapping mapping = moesaic::mappings::load_device_mapping(folder / from);
  change(mapping);
  moesaic::mappings::save_device_mapping(mapping, folder / to);
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("a card's own mapping gives the same bits as none; edited it is obeyed, and its values still hold") {
    const TemporaryFolder folder;
    const Answer made = run_moesaic(folder, "map reduced-moe --on gemini1 --strategy even --output m.yaml");
    CAPTURE(made.error);
    REQUIRE(made.code == 0);
    const std::string on = "--on gemini1 --against h100 --batch 3";
    const auto own = run_record(folder, on), mapped = run_record(folder, on + " --mapping m.yaml");
    CHECK(numbers(own) == numbers(mapped));
    edit(folder, "m.yaml", "resident.yaml", [](DeviceMapping& m) {
      for (DeviceSlice& s : m.slices)
        s.level = s.expert < 6 ? 1 : 4;
    });
    edit(folder, "m.yaml", "one_core.yaml", [](DeviceMapping& m) {
      for (DeviceSlice& s : m.slices)
        s.on = s.expert % 2;
    });
    edit(folder, "m.yaml", "two_cards.yaml", [](DeviceMapping& m) {
      m.chips = 2;
      for (int c = 0; c < 4; ++c)
        m.cores.push_back({1, c});
      for (DeviceSlice& s : m.slices)
        s.on += s.expert % 2 * 4;
    });
    for (const char* file : {"m.yaml", "resident.yaml", "one_core.yaml", "two_cards.yaml"}) {
      const Answer proved = run_moesaic(folder, fmt::format("check {} --values --tokens 3 --rate 10", file));
      CAPTURE(file);
      CAPTURE(proved.out);
      CAPTURE(proved.error);
      CHECK(proved.code == 0);
      CHECK(proved.out.find("life times of vectors") != std::string::npos);
      CHECK(proved.out.find("expert choice identical") != std::string::npos);
    }
    CHECK(seconds(run_record(folder, on + " --mapping resident.yaml")) < seconds(own));
    CHECK(seconds(run_record(folder, on + " --mapping one_core.yaml")) > seconds(own));
    const auto two = run_record(folder, on + " --mapping two_cards.yaml");
    CHECK(two.at("chips") == 2);
    CHECK(two.at("joules").at("nominal") > own.at("joules").at("nominal"));
    CHECK(run_moesaic(folder, "compare reduced-moe --on gemini1 --against h100 --values --mapping two_cards.yaml").code == 0);
  }

  TEST_CASE("a group's own mapping gives the same bits as none; unbalanced it takes longer, with wider weights more energy") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, "map reduced-moe --on 4xh200 --strategy even --output m.yaml").code == 0);
    const std::string on = "--on 4xh200 --against h100 --batch 512";
    const auto own = run_record(folder, on), mapped = run_record(folder, on + " --mapping m.yaml");
    CHECK(numbers(own) == numbers(mapped));
    edit(folder, "m.yaml", "packed.yaml", [](DeviceMapping& m) {
      for (DeviceSlice& s : m.slices)
        s.on = s.expert < 16 ? 0 : s.on;
    });
    edit(folder, "m.yaml", "wide.yaml", [](DeviceMapping& m) {
      for (DeviceSlice& s : m.slices)
        s.bits = 16;
    });
    for (const char* file : {"m.yaml", "packed.yaml", "wide.yaml"})
      CHECK(run_moesaic(folder, fmt::format("check {}", file)).code == 0);
    CHECK(seconds(run_record(folder, on + " --mapping packed.yaml")) > seconds(own));
    CHECK(numbers(run_record(folder, on + " --mapping wide.yaml")) != numbers(own));
    const Answer values = run_moesaic(folder, "check m.yaml --values");
    CHECK(values.code == 2);
    CHECK(values.error.find("values are not supported on a GPU baseline") != std::string::npos);
  }

  TEST_CASE("a broken mapping of cards: exit code 1 with all five members, and no run") {
    const TemporaryFolder folder;
    REQUIRE(run_moesaic(folder, "map reduced-moe --on gemini1 --chips 2 --strategy tensor --output m.yaml").code == 0);
    CHECK(run_moesaic(folder, "check m.yaml --json").out == "[]\n");
    edit(folder, "m.yaml", "broken.yaml", [](DeviceMapping& m) {
      m.slices[5].on = 3;
      m.slices[9].level = 2;
    });
    const Answer broken = run_moesaic(folder, "check broken.yaml --json");
    CHECK(broken.code == 1);
    const auto list = nlohmann::json::parse(broken.out);
    REQUIRE(list.size() >= 2);
    for (const auto& violation : list)
      for (const char* key : {"kind", "place", "limit", "value", "remedy"})
        CHECK(!violation.at(key).get<std::string>().empty());
    CHECK(run_moesaic(folder, "compare reduced-moe --on gemini1 --against h100 --mapping broken.yaml --output r").code == 2);
    CHECK(!fs::exists(folder / "r"));
    CHECK(run_moesaic(folder, "compare mixtral-8x7b --on gemini1 --against h100 --mapping m.yaml").code == 2);
    CHECK(run_moesaic(folder, "compare reduced-moe --on gemini1-hbm --against h100 --mapping m.yaml").code == 2);
  }

  TEST_CASE("what makes no sense on cards or GPUs is refused") {
    const TemporaryFolder folder;
    const auto refused = [&](const std::string& arguments, const char* why) {
      const Answer answer = run_moesaic(folder, arguments);
      CAPTURE(arguments);
      CAPTURE(answer.error);
      CHECK(answer.code == 2);
      CHECK(answer.error.find(why) != std::string::npos);
      CHECK(!fs::exists(folder / "m.yaml"));
    };
    refused("map reduced-moe --on cape --output m.yaml", "MoE layers are not supported on a bit-serial machine");
    refused("map reduced-moe --on cpu --output m.yaml", "not supported");
    refused("map reduced-moe --on h200 --weights resident --output m.yaml", "resident weights are not supported on GPUs");
    refused("map reduced-moe --on 4xh200 --chips 8 --output m.yaml", "name the machine 8xh200");
    refused("map reduced-moe --on gemini1 --strategy hilbert --output m.yaml", "unknown 'hilbert'");
    refused("map reduced-moe --on gemini1 --replica-rule nearest --output m.yaml", "replicas take turns");
    refused("map reduced-moe --on gemini1 --svg a.svg --output m.yaml", "neuromorphic");
    refused("map reduced-moe --on loihi2 --chips 3 --output m.yaml", "--chips");
    refused("map mixtral-8x7b --on gemini1 --strategy eplb --output m.yaml", "give --chips");
  }
}
