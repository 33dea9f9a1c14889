#include <doctest/doctest.h>

#include "sim/sweep/slurm.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

TEST_SUITE("unit") {
  TEST_CASE("the job scripts call this program with the same sweep, and no name can break out of them") {
    const Folder folder;
    JobOptions options;
    options.folder = folder.file("it's out");
    const Job job(
        parse_spec(folder.head() + "vary:\n  n: {of: chip, key: core.count, values: [1, 2]}\n", "s.yaml"), {},
        {}, options);
    const SlurmOptions slurm{"/data/s.yaml", 4, 2, false, {}};
    const std::string array = array_script(job, slurm, "/opt/bin/moesaic"),
                      merge = merge_script(job, slurm, "/opt/bin/moesaic");
    CHECK(array.find("#SBATCH --array=0-3\n") != std::string::npos);
    CHECK(array.find("#SBATCH --cpus-per-task=2\n") != std::string::npos);
    CHECK(array.find("'/opt/bin/moesaic' sweep '/data/s.yaml' --output '") != std::string::npos);
    CHECK(array.find("it'\\''s out'") != std::string::npos);
    CHECK(array.find("-j 2 --part \"$SLURM_ARRAY_TASK_ID/4\"\n") != std::string::npos);
    CHECK(merge.find(" --merge\n") != std::string::npos);
    CHECK(merge.find("--part") == std::string::npos);
  }
}
