// Placement and link loads on the floor, as SVG: before and after.
#include <algorithm>

#include <fmt/format.h>

#include "results/run_folder.hpp"
#include "sim/commands/map_report.hpp"
#include "sim/neuromorphic/floor_loads.hpp"

namespace moesaic::sim {

namespace {

/// One panel: sites as tiles coloured by what they mostly hold, links between them by their busy time.
class Panel {
 public:
  Panel(const PlacedMoe& moe, const mappings::Placement& placement, std::string title)
      : title_(std::move(title)), loads_(floor_loads(moe.traffic, moe.floor, placement)), across_(loads_.across),
        down_(loads_.down) {}

  double busiest() const { return loads_.busiest(); }
  /// Small floors are drawn larger.
  double zoom() const { return std::max(1.0, 420.0 / (across_ * pitch)); }
  double width() const { return std::max(260.0, zoom() * across_ * pitch); }
  double height() const { return zoom() * down_ * pitch + 40; }

  /// `scale`: seconds that are drawn darkest.
  std::string draw(double left, double scale, int clusters) const {
    std::string text = fmt::format("<g transform=\"translate({:.0f},10)\"><text x=\"0\" y=\"12\">{}: busiest link {:.2f} "
                                   "us</text><g transform=\"translate(0,26) scale({:.3f})\">\n",
                                   left, title_, busiest() * 1e6, zoom());
    for (int s = 0; s < across_ * down_; ++s)
      text += tile(s, clusters);
    for (int s = 0; s < across_ * down_; ++s)
      for (int d = 0; d < 4; ++d)
        text += link(s, d, scale);
    return text + "</g></g>\n";
  }

 private:
  static constexpr int pitch = 20, side = 14;
  /// The hub (cluster 0) dark, others by their number; empty sites white.
  std::string tile(int site, int clusters) const {
    const std::int32_t most = loads_.holder(site);
    const int level = loads_.level[static_cast<std::size_t>(site)];
    std::string colour = "#fff", what = "empty";
    if (level < 0)
      return "";
    if (level > 0) {
      colour = "#ddd", what = fmt::format("switch of level {}", level);
    } else if (most >= 0) {
      colour = most == 0 ? "#444" : fmt::format("hsl({},55%,75%)", 360LL * most / std::max(1, clusters));
      what = most == 0 ? std::string("hub") : fmt::format("cluster {}", most);
      what += fmt::format(", {} in all", loads_.held[static_cast<std::size_t>(site)].size());
    }
    return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\" stroke=\"#999\" "
                       "stroke-width=\"0.4\"><title>{}</title></rect>\n",
                       site % across_ * pitch, site / across_ * pitch, side, side, colour, what);
  }

  std::string link(int site, int direction, double scale) const {
    const double seconds = loads_.busy[static_cast<std::size_t>(4 * site + direction)];
    if (seconds <= 0)
      return "";
    const double share = scale > 0 ? seconds / scale : 0;
    // Opposite directions side by side, in the gap between two tiles.
    const int x = site % across_ * pitch, y = site / across_ * pitch;
    const int gap = pitch - side;
    int from_x = x + side, from_y = y + 4, to_x = x + pitch, to_y = from_y;
    if (direction == mappings::to_west)
      from_x = x - gap, to_x = x, from_y = to_y = y + side - 4;
    else if (direction == mappings::to_south && loads_.tree) // down to it
      from_x = to_x = x + 4, from_y = y - gap, to_y = y;
    else if (direction == mappings::to_south)
      from_x = to_x = x + 4, from_y = y + side, to_y = y + pitch;
    else if (direction == mappings::to_north)
      from_x = to_x = x + side - 4, from_y = y - gap, to_y = y;
    return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"hsl(10,90%,{:.0f}%)\" "
                       "stroke-width=\"{:.1f}\"><title>{:.3f} us</title></line>\n",
                       from_x, from_y, to_x, to_y, 85 - 50 * share, 1 + 4 * share, seconds * 1e6);
  }

  std::string title_;
  FloorLoads loads_;
  int across_, down_;
};

} // namespace

void write_floor_picture(const PlacedMoe& moe, const Found& found, const std::string& file) {
  mappings::PlacementRequest request{&moe.traffic, &moe.floor};
  const Panel before(moe, mappings::strategy("naive").place(request).placement, "before (naive)");
  const PlacedMoe& placed = found.moe(moe);
  const Panel after(placed, found.placement, "after (" + found.strategy + ")");
  const double scale = std::max(before.busiest(), after.busiest());
  const int clusters = placed.traffic.clusters();
  const double second = 10 + before.width() + 30, width = second + after.width() + 10, height = std::max(before.height(), after.height()) + 50;
  std::string text = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
                                 "width=\"{0:.0f}\" height=\"{1:.0f}\" font-family=\"sans-serif\" font-size=\"11\">\n"
                                 "<title>{2} on {3}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
                                 width, height, moe.layer.name, moe.chip.name);
  const bool tree = !moe.floor.tree.empty();
  text += before.draw(10, scale, clusters) + after.draw(second, scale, clusters);
  text += fmt::format("<text x=\"10\" y=\"{:.0f}\">Tiles: {} by what they mostly hold (hub dark, experts by number, empty "
                      "white){}.</text>\n",
                      height - 26, moe.floor.chips() > 1 ? "chips" : "routers",
                      tree ? ", and below them the switches, level by level" : "");
  text += fmt::format("<text x=\"10\" y=\"{0:.0f}\">Lines: time that links{2} are busy per token; the darkest "
                      "{1:.2f} us.</text>\n</svg>\n",
                      height - 10, scale * 1e6, tree ? " of each tile up to its switch (right) and down from there (left)" : "");
  results::write_file(file, text);
}

} // namespace moesaic::sim
