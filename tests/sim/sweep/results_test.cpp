#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include <nlohmann/json.hpp>

#include "results/hdf5_table.hpp"
#include "sim/sweep/hdf5_columns.hpp"
#include "sim/sweep/merged.hpp"
#include "sim/sweep/report.hpp"
#include "sim/sweep/sensitivity.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

/// seconds = 1 / cores, joules = cores * tokens; half of it in each of two components.
results::RunRecord record_of(const Plan& plan, const Point& point) {
  double cores = 128;
  for (const Setting& setting : point.settings)
    cores = *setting.value.number;
  results::RunRecord record;
  record.machine = plan.inputs.machines[point.machine].name;
  record.tokens = point.tokens;
  record.seconds = {1 / cores, 0.9 / cores, 1.1 / cores};
  record.joules = {cores * point.tokens, 0, 2 * cores * point.tokens};
  const results::Interval half = {record.joules.nominal / 2, 0, record.joules.nominal};
  record.energy = {{"chip.core", "add", "active", 3, half, "core.add", "maker"},
                   {"chip.mesh", "hop, of a \"flit\"", "active", 5, half, "mesh.hop", "maker"}};
  record.statistics = {{"hops", "flit-hops", "total", "", 12}};
  return record;
}

std::shared_ptr<const FinishedPoint> finished_point(PointResult result) {
  return std::make_shared<const FinishedPoint>(std::move(result));
}

std::vector<CollectedPoint> collected(const Plan& plan) {
  Finished finished;
  for (const Point& point : plan.points)
    finished[point.hash] = finished_point({Outcome::Kind::done, "", record_of(plan, point)});
  return collect(plan, finished);
}

std::vector<std::size_t> front_of(const std::vector<CollectedPoint>& points) {
  std::vector<std::size_t> front;
  for (const auto& point : points)
    if (point.best)
      front.push_back(point.index);
  return front;
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("the Pareto front of points on known curves") {
    CHECK(pareto_front({{1, 4}, {2, 2}, {4, 1}, {3, 3}, {2, 2}, {1, 5}}) ==
          std::vector<bool>{true, true, true, false, true, false});
    CHECK(pareto_front({{3}, {1}, {2}, {1}}) == std::vector<bool>{false, true, false, true});
    CHECK(pareto_front({}).empty());
    CHECK(pareto_front({{0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {1, 1, 1}}) ==
          std::vector<bool>{true, true, true, false});
  }

  TEST_CASE("objectives and requirements take results and variables") {
    const Folder folder;
    const Plan plan = folder.plan("vary:\n  cores: {of: chip, key: core.count, values: [1, 2, 4, 8]}\n"
                                  "constraints: [joules <= 4]\n"
                                  "objectives: [seconds, {minimise: joules * cores, name: cost}]\n");
    const auto points = collected(plan);
    REQUIRE(points.size() == 5);
    CHECK(points[2].costs == std::vector<double>{0.25, 16});
    CHECK(points[2].feasible);
    CHECK(!points[3].feasible); // 8 J
    CHECK(!points[4].feasible); // the other machine has no `cores`
    CHECK(front_of(points) == std::vector<std::size_t>{0, 1, 2});
    const Plan most = folder.plan("vary:\n  cores: {of: chip, key: core.count, values: [1, 2, 4, 8]}\n"
                                  "objectives: [{maximise: watts * cores}]\n");
    CHECK(front_of(collected(most)) == std::vector<std::size_t>{3});
  }

  TEST_CASE("fronts are kept apart by batch, and a point without a result is on none") {
    const Folder folder;
    const Plan plan = folder.plan("tokens: [1, 8]\nvary:\n"
                                  "  cores: {of: chip, key: core.count, values: [1, 2]}\n");
    Finished finished;
    for (const Point& point : plan.points)
      finished[point.hash] = finished_point({Outcome::Kind::done, "", record_of(plan, point)});
    finished[plan.points[0].hash] = finished_point({Outcome::Kind::crashed, "signal, 11", {}});
    finished.erase(plan.points[1].hash);
    const auto points = collect(plan, finished);
    CHECK(points.size() == plan.points.size() - 1);
    CHECK(!points[0].best);
    CHECK(front_of(points).size() == points.size() - 1);
    std::ostringstream csv;
    write_csv(csv, points_table(plan, points));
    std::istringstream lines(csv.str());
    std::string head, line;
    std::getline(lines, head);
    std::getline(lines, line);
    CHECK(
        head ==
        "point,machine,workload,tokens,cores,status,chips,seconds,seconds_low,seconds_high,joules,joules_low,"
        "joules_high,seconds_per_token,joules_per_token,watts,bound,feasible,best,reason,name");
    CHECK(line == "0,chip,layer,1,1,crashed,,,,,,,,,,,,0,0,\"signal, 11\"," + plan.points[0].hash);
  }

  TEST_CASE("merged files hold the same points, and the component groups the same energy") {
    const Folder folder;
    const Plan plan = folder.plan("title: A \"sweep\"\nvary:\n"
                                  "  cores: {of: chip, key: core.count, values: [1, 2, 4]}\n");
    const auto points = collected(plan);
    write_merged(folder.file("."), plan, points, "1.0");
    std::ifstream in(folder.file("sweep.json"));
    const auto json = nlohmann::json::parse(in);
    CHECK(json.at("schema") == "moesaic sweep");
    CHECK(json.at("schema_version") == 1);
    CHECK(json.at("title") == "A \"sweep\"");
    REQUIRE(json.at("points").size() == 4);
    CHECK(json.at("points")[1].at("cores") == 2);
    CHECK(json.at("points")[3].at("cores").is_null());
    CHECK(json.at("points")[1].at("seconds") == 0.5);
    std::ifstream energy(folder.file("energy.csv"));
    int lines = 0;
    for (std::string line; std::getline(energy, line);)
      ++lines;
    CHECK(lines == 1 + 2 * 4);
    CHECK(std::filesystem::file_size(folder.file("sweep.h5")) > 1000);
    CHECK_THROWS_AS(write_merged(folder.file("nowhere"), plan, points, "1.0"), InputError);
    const std::string page = report_of(plan, points, "1.0", {});
    CHECK(page == report_of(plan, points, "1.0", {}));
    CHECK(page.find(R"({"name":"cores","values":{"words":["1","2","4",""],"bytes":"AAECAw=="}})") != std::string::npos);
    CHECK(page.find(R"("points":{"count":0,)") != std::string::npos); // all four are there as records
    CHECK(page.find("4 of 4 points are finished, 4 with a result.") != std::string::npos);
  }

  TEST_CASE("an HDF5 table of any length reads back, and the same rows give the same bytes") {
    const Folder folder;
    const auto bytes = [](const std::string& file) {
      std::ostringstream text;
      text << std::ifstream(file, std::ios::binary).rdbuf();
      return text.str();
    };
    for (const std::size_t rows : {1u, 1001u, 4096u, 4097u, 9000u}) {
      CAPTURE(rows);
      Columns columns = {{"number", std::vector<double>(rows)}, {"text", std::vector<std::string>(rows)}};
      for (std::size_t i = 0; i < rows; ++i) {
        std::get<std::vector<double>>(columns[0].cells)[i] = 1.0 / static_cast<double>(i + 1);
        std::get<std::vector<std::string>>(columns[1].cells)[i] = "row " + std::to_string(i);
      }
      for (const char* name : {"a.h5", "b.h5"})
        write_dataset(H5::H5File(folder.file(name), H5F_ACC_TRUNC).openGroup("/"), "table", columns);
      CHECK(bytes(folder.file("a.h5")) == bytes(folder.file("b.h5")));
      const H5::H5File file(folder.file("a.h5"), H5F_ACC_RDONLY);
      const auto back = results::Hdf5Table::read(file.openGroup("/"), "table");
      CHECK(back.column<double>("number") == std::get<std::vector<double>>(columns[0].cells));
      CHECK(back.column<std::string>("text") == std::get<std::vector<std::string>>(columns[1].cells));
    }
  }

  TEST_CASE("a draw keeps to the interval, with the nominal value in the middle") {
    Figure figure;
    figure.value = 2, figure.low = 1, figure.high = 8;
    CHECK(draw(figure, 0) == doctest::Approx(1));
    CHECK(draw(figure, 0.25) == doctest::Approx(std::sqrt(2.0)));
    CHECK(draw(figure, 0.5) == doctest::Approx(2));
    CHECK(draw(figure, 0.75) == doctest::Approx(4));
    CHECK(draw(figure, 1) == doctest::Approx(8));
    figure.low = 0;
    CHECK(draw(figure, 0) == doctest::Approx(0));
    CHECK(draw(figure, 0.25) == doctest::Approx(1));
  }

  TEST_CASE("who wins: the probability agrees with the integral, the tornado with the formula") {
    const Folder folder;
    // chip costs its clock, log-uniform from 1/2 to 2 GHz about 1; other costs 1.25 GHz, sure. chip wins
    // where its draw is below 1.25, that is for u < 1/2 + log2(1.25) / 2.
    folder.write("chip.yaml", "kind: gpu\nsources:\n  maker: {title: t, where: w}\n"
                              "clock: {value: 1 GHz, source: maker, confidence: low}\n"
                              "watt: {value: 5 W, source: maker, confidence: low}\n");
    Spec spec =
        parse_spec(folder.head() + "kind: sensitivity\nsamples: 2000\nobjectives: [seconds]\n", "sweep.yaml");
    Inputs inputs = load_inputs(spec);
    std::vector<std::vector<Figure>> figures(2);
    const Document chip = inputs.machines[0].document;
    figures[0] = {chip.root().figure("clock", dimension::frequency),
                  chip.root().figure("watt", dimension::power)};
    const auto sensitivity = make_sensitivity_plan(spec, inputs, figures, "1.0");
    const Plan& plan = sensitivity.plan;
    CHECK(plan.points.size() == 1 + 4 + 2000 + 1);
    Finished finished;
    for (const Point& point : plan.points) {
      double clock = point.machine == 0 ? 1e9 : 1.25e9;
      for (const Setting& setting : point.settings)
        if (plan.spec.variables[setting.variable].key == "clock")
          clock = *setting.value.number;
      results::RunRecord record;
      record.seconds = {clock, clock, clock};
      finished[point.hash] = finished_point({Outcome::Kind::done, "", record});
    }
    const auto tables = sensitivity_tables(sensitivity, collect(plan, finished));
    std::ostringstream rows;
    write_json_rows(rows, tables[0].second);
    const auto ranking = nlohmann::json::parse(rows.str());
    REQUIRE(ranking.size() == 2);
    // A Latin hypercube's one-dimensional error is below one sample in 2000.
    CHECK(ranking[0].at("wins").get<double>() == doctest::Approx(0.5 + std::log2(1.25) / 2).epsilon(0.002));
    CHECK(ranking[0].at("wins").get<double>() + ranking[1].at("wins").get<double>() == doctest::Approx(1));
    CHECK(ranking[0].at("median").get<double>() == doctest::Approx(1e9).epsilon(0.01));
    std::ostringstream more;
    write_json_rows(more, tables[1].second);
    const auto tornado = nlohmann::json::parse(more.str());
    REQUIRE(tornado.size() == 2);
    CHECK(tornado[0].at("constant") == "clock");
    CHECK(tornado[0].at("swing") == 1.5e9);
    CHECK(tornado[0].at("flips") == 1);
    CHECK(tornado[1].at("constant") == "watt");
    CHECK(tornado[1].at("swing") == 0);
    CHECK(tornado[1].at("flips") == 0);
    CHECK(format_sensitivity(tables).find("turns the ranking") != std::string::npos);
    const std::string page = report_of(plan, collect(plan, finished), "1.0", tables);
    CHECK(page.find("layer, batch 1, seconds: chip wins 66.") != std::string::npos);
    CHECK(page.find(R"({"name":"chip.clock","values":{"words":[""],"count":2}})") != std::string::npos); // the draws are in the tables
  }
}
