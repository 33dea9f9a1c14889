#include "workloads/language_model.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Core>
#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/reference.hpp"

namespace moesaic::workloads {

namespace {

using States = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>; // tokens x width
using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

States product(const States& x, const Matrix& weights) {
  const Eigen::Map<const Floats> w(weights.value.data(), weights.rows, weights.cols);
  return x * w.cast<double>().transpose();
}

States normalised(const States& x, const std::vector<float>& gain, double epsilon) {
  States y = x;
  for (Eigen::Index t = 0; t < x.rows(); ++t) {
    y.row(t) /= std::sqrt(x.row(t).squaredNorm() / static_cast<double>(x.cols()) + epsilon);
    for (Eigen::Index i = 0; i < x.cols(); ++i)
      y(t, i) *= double{gain[static_cast<std::size_t>(i)]};
  }
  return y;
}

/// Turns the pairs (i, i + half) of each head by position times theta^(-i / half).
void rotate(States& x, int heads, double theta) {
  const Eigen::Index width = x.cols() / heads, half = width / 2;
  for (Eigen::Index i = 0; i < half; ++i) {
    const double frequency = std::pow(theta, -static_cast<double>(i) / static_cast<double>(half));
    for (Eigen::Index t = 0; t < x.rows(); ++t) {
      const double cosine = std::cos(double(t) * frequency), sine = std::sin(double(t) * frequency);
      for (int h = 0; h < heads; ++h) {
        double &a = x(t, h * width + i), &b = x(t, h * width + half + i);
        const double turned = a * cosine - b * sine;
        b = b * cosine + a * sine;
        a = turned;
      }
    }
  }
}

States attend(const LanguageModel& model, const LanguageModel::Block& block, const States& x) {
  States query = product(x, block.query), key = product(x, block.key);
  const States value = product(x, block.value);
  rotate(query, model.heads, model.rope_theta);
  rotate(key, model.heads, model.rope_theta);
  const Eigen::Index width = x.cols() / model.heads;
  States mixed = States::Zero(x.rows(), x.cols());
  for (int h = 0; h < model.heads; ++h) {
    const States q = query.middleCols(h * width, width), k = key.middleCols(h * width, width),
                 v = value.middleCols(h * width, width);
    for (Eigen::Index t = 0; t < x.rows(); ++t) {
      Eigen::RowVectorXd score =
          q.row(t) * k.topRows(t + 1).transpose() / std::sqrt(static_cast<double>(width));
      score = (score.array() - score.maxCoeff()).exp();
      mixed.row(t).segment(h * width, width) = score * v.topRows(t + 1) / score.sum();
    }
  }
  return product(mixed, block.output);
}

Matrix in_fp32(const States& x) {
  Matrix m(static_cast<int>(x.rows()), static_cast<int>(x.cols()));
  Eigen::Map<Floats>(m.value.data(), x.rows(), x.cols()) = x.cast<float>();
  return m;
}

States embed(const LanguageModel& model, const std::string& window) {
  if (window.size() < 2 || window.size() > static_cast<std::size_t>(model.context) + 1)
    throw InputError(
        fmt::format("a window of {} bytes, expected 2 to {}", window.size(), model.context + 1));
  for (const char c : window)
    if (static_cast<unsigned char>(c) >= model.vocabulary)
      throw InputError(fmt::format("byte {} is outside the model's vocabulary of {}",
                                   static_cast<int>(static_cast<unsigned char>(c)), model.vocabulary));
  States x(static_cast<Eigen::Index>(window.size()) - 1, model.layer.hidden);
  for (Eigen::Index t = 0; t < x.rows(); ++t)
    for (int i = 0; i < model.layer.hidden; ++i)
      x(t, i) = double{model.embedding.at(static_cast<unsigned char>(window[static_cast<std::size_t>(t)]), i)};
  return x;
}

} // namespace

MoeFunction reference_moe(const LanguageModel& model) {
  return [&model](int index, const Matrix& hidden) {
    return run_reference(model.layer, model.blocks[static_cast<std::size_t>(index)].moe, hidden).output;
  };
}

std::vector<double> byte_losses(const LanguageModel& model, const std::string& window,
                                const MoeFunction& moe) {
  States x = embed(model, window);
  for (std::size_t b = 0; b < model.blocks.size(); ++b) {
    const auto& block = model.blocks[b];
    x += attend(model, block, normalised(x, block.input_norm, model.norm_epsilon));
    const auto output =
        moe(static_cast<int>(b), in_fp32(normalised(x, block.post_norm, model.norm_epsilon)));
    for (std::size_t t = 0; t < output.size(); ++t)
      for (std::size_t i = 0; i < output[t].size(); ++i)
        x(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(i)) += output[t][i];
  }
  const States logits = product(normalised(x, model.norm, model.norm_epsilon), model.head);
  std::vector<double> losses;
  for (Eigen::Index t = 0; t < logits.rows(); ++t) {
    const double largest = logits.row(t).maxCoeff();
    const double sum = (logits.row(t).array() - largest).exp().sum();
    const auto next = static_cast<unsigned char>(window[static_cast<std::size_t>(t) + 1]);
    losses.push_back(std::log(sum) + largest - logits(t, next));
  }
  return losses;
}

std::vector<std::string> text_windows(const LanguageModel& model, const std::string& text) {
  std::vector<std::string> windows;
  const auto context = static_cast<std::size_t>(model.context);
  for (std::size_t at = 0; at + context < text.size(); at += context)
    windows.push_back(text.substr(at, context + 1));
  return windows;
}

} // namespace moesaic::workloads
