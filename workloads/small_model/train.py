#!/usr/bin/python3
"""Trains the small Mixture-of-Experts language model of this folder. See README.md.

Needs Debian's python3-torch, bible-kjv and bible-kjv-text. One core, about half an hour.
"""
import argparse
import json
import math
import pathlib
import re
import struct
import subprocess
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

VOCABULARY = 128  # bytes of ASCII text
HIDDEN, LAYERS, HEADS, CONTEXT = 128, 3, 4, 256
EXPERTS, SHARED, TOP_K, EXPERT_FFN = 32, 1, 4, 64
ROPE_THETA, NORM_EPSILON = 10000.0, 1e-6


def read_chapters():
    """The King James Version as Debian packs it: chapters in order, a verse a line, references removed."""
    text = subprocess.run(["bible", "-f", "-l100000", "gen1:1-rev22:21"], check=True, capture_output=True,
                          text=True).stdout
    chapters = {}
    for line in text.splitlines():
        reference, verse = re.match(r"(\S+):\d+ (.*)", line).groups()
        chapters.setdefault(reference, []).append(verse.strip() + "\n")
    return ["".join(verses) for verses in chapters.values()]


def split(chapters):
    """Every 20th chapter is held out."""
    held_out = [c for i, c in enumerate(chapters) if i % 20 == 19]
    return "".join(c for i, c in enumerate(chapters) if i % 20 != 19), "".join(held_out)


def tokens(text):
    return torch.tensor(list(text.encode("ascii")), dtype=torch.long)


class RmsNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(HIDDEN))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + NORM_EPSILON) * self.weight


def rope(x):
    """Rotary embedding over halves of each head, as Llama's; x: batch x heads x time x width."""
    half = x.shape[-1] // 2
    angle = torch.outer(torch.arange(x.shape[-2]), ROPE_THETA ** (-torch.arange(half) / half))
    cos, sin = angle.cos(), angle.sin()
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in "qkvo":
            setattr(self, name + "_proj", nn.Linear(HIDDEN, HIDDEN, bias=False))
        self.register_buffer("mask", torch.full((CONTEXT, CONTEXT), -math.inf).triu(1), persistent=False)

    def forward(self, x):
        batch, time_, _ = x.shape
        q, k, v = (p(x).view(batch, time_, HEADS, -1).transpose(1, 2)
                   for p in (self.q_proj, self.k_proj, self.v_proj))
        score = rope(q * (HIDDEN // HEADS) ** -0.5) @ rope(k).transpose(-1, -2) + self.mask[:time_, :time_]
        return self.o_proj((score.softmax(-1) @ v).transpose(1, 2).reshape(x.shape))


class Moe(nn.Module):
    """DeepSeek-V3's layer: sigmoid scores, a bias for the choice only, weights normalised, a shared expert."""

    def __init__(self):
        super().__init__()
        self.router = nn.Parameter(torch.randn(EXPERTS, HIDDEN) * HIDDEN ** -0.5)
        self.register_buffer("bias", torch.zeros(EXPERTS))
        count = EXPERTS + SHARED
        self.gate = nn.Parameter(torch.randn(count, EXPERT_FFN, HIDDEN) * HIDDEN ** -0.5)
        self.up = nn.Parameter(torch.randn(count, EXPERT_FFN, HIDDEN) * HIDDEN ** -0.5)
        self.down = nn.Parameter(torch.randn(count, HIDDEN, EXPERT_FFN) * (0.5 * EXPERT_FFN ** -0.5))
        self.load = torch.zeros(EXPERTS)

    def forward(self, x):
        flat = x.reshape(-1, HIDDEN)
        score = torch.sigmoid(flat @ self.router.T)
        chosen = (score.detach() + self.bias).topk(TOP_K, -1).indices
        weight = score.gather(1, chosen)
        weight = (weight / weight.sum(-1, keepdim=True)).reshape(-1)
        order = chosen.reshape(-1).argsort()
        self.load = torch.bincount(chosen.reshape(-1), minlength=EXPERTS)
        token = torch.div(order, TOP_K, rounding_mode="floor")
        gate, up, down = self.gate.unbind(0), self.up.unbind(0), self.down.unbind(0)
        parts = []
        for e, rows in enumerate(flat[token].split(self.load.tolist())):
            parts.append((F.silu(rows @ gate[e].T) * (rows @ up[e].T)) @ down[e].T)
        out = torch.zeros_like(flat).index_add(0, token, torch.cat(parts) * weight[order, None])
        for e in range(EXPERTS, EXPERTS + SHARED):
            out = out + (F.silu(flat @ gate[e].T) * (flat @ up[e].T)) @ down[e].T
        return out.view(x.shape)

    def balance(self, speed):
        """Auxiliary-loss-free balancing: the bias of an overloaded expert sinks, of an idle one rises."""
        self.bias += speed * torch.sign(self.load.float().mean() - self.load.float())


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_norm, self.attention, self.post_norm, self.moe = RmsNorm(), Attention(), RmsNorm(), Moe()

    def forward(self, x):
        x = x + self.attention(self.input_norm(x))
        return x + self.moe(self.post_norm(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCABULARY, HIDDEN)
        nn.init.normal_(self.embed.weight, std=0.5)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = RmsNorm()
        self.head = nn.Linear(HIDDEN, VOCABULARY, bias=False)

    def forward(self, ids):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def windows(ids):
    """Windows of CONTEXT inputs and the token after each; consecutive, none overlapping, a short rest dropped."""
    count = (len(ids) - 1) // CONTEXT
    return (ids[:count * CONTEXT].view(count, CONTEXT), ids[1:count * CONTEXT + 1].view(count, CONTEXT))


@torch.no_grad()
def cross_entropy(model, ids):
    """Mean nats a byte over all windows."""
    inputs, targets = windows(ids)
    total = 0.0
    for i, t in zip(inputs.split(16), targets.split(16)):
        total += F.cross_entropy(model(i).reshape(-1, VOCABULARY), t.reshape(-1), reduction="sum").item()
    return total / targets.numel()


def published_names(model):
    """Tensors by the names of DeepSeek-V3's checkpoints (attention: of Llama's)."""
    named = {"model.embed_tokens.weight": model.embed.weight, "model.norm.weight": model.norm.weight,
             "lm_head.weight": model.head.weight}
    for n, block in enumerate(model.blocks):
        at = f"model.layers.{n}."
        named[at + "input_layernorm.weight"] = block.input_norm.weight
        named[at + "post_attention_layernorm.weight"] = block.post_norm.weight
        for p in "qkvo":
            named[at + f"self_attn.{p}_proj.weight"] = getattr(block.attention, p + "_proj").weight
        named[at + "mlp.gate.weight"] = block.moe.router
        named[at + "mlp.gate.e_score_correction_bias"] = block.moe.bias
        for e in range(EXPERTS + SHARED):
            expert = f"experts.{e}" if e < EXPERTS else "shared_experts"
            for p in ("gate", "up", "down"):
                named[at + f"mlp.{expert}.{p}_proj.weight"] = getattr(block.moe, p)[e]
    return named


@torch.no_grad()
def round_to_bf16(model):
    """The model as it is stored: all but the routers' biases in bfloat16."""
    for parameter in model.parameters():
        parameter.copy_(parameter.to(torch.bfloat16).float())


def write_safetensors(path, named, metadata):
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name in sorted(named):
        tensor = named[name].detach().contiguous()
        bias = name.endswith("bias")
        blob = (tensor if bias else tensor.to(torch.bfloat16).view(torch.int16)).numpy().tobytes()
        header[name] = {"dtype": "F32" if bias else "BF16", "shape": list(tensor.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def save(model, folder, held_out, excerpt, record):
    """Writes weights, the excerpt, and what was measured with the stored (rounded) weights."""
    stored = Model()
    stored.load_state_dict(model.state_dict())
    round_to_bf16(stored)
    stored.eval()
    record["held_out_bytes"] = len(held_out)
    record["held_out_cross_entropy"] = cross_entropy(stored, tokens(held_out))
    record["excerpt_cross_entropy"] = cross_entropy(stored, tokens(excerpt))
    record["excerpt_window_cross_entropy"] = [
        cross_entropy(stored, tokens(excerpt)[i:i + CONTEXT + 1]) for i in range(0, len(excerpt) - 1, CONTEXT)]
    record["parameters"] = sum(p.numel() for p in model.parameters()) + LAYERS * EXPERTS
    loads = [[int(v) for v in block.moe.load] for block in stored.blocks]
    record["excerpt_largest_over_mean_load"] = [max(l) * len(l) / sum(l) for l in loads]
    metadata = {"format": "pt", "title": "small byte-level MoE language model, King James Version",
                "license": "Apache-2.0", "step": str(record["steps_done"])}
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", published_names(stored), metadata)
    (folder / "held-out.txt").write_text(excerpt)
    lines = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(record.items()))
    (folder / "training.json").write_text("{\n" + lines + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--batch", type=int, default=8, help="windows a step")
    parser.add_argument("--rate", type=float, default=3e-3, help="peak learning rate")
    parser.add_argument("--balance", type=float, default=5e-3, help="step of the routers' biases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    random = numpy.random.default_rng(options.seed)
    train, held_out = split(read_chapters())
    ids = tokens(train)
    excerpt = held_out[:16 * CONTEXT + 1]
    model = Model()
    decay = [p for p in model.parameters() if p.dim() > 1]
    other = [p for p in model.parameters() if p.dim() == 1]
    optimiser = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05},
                                   {"params": other, "weight_decay": 0.0}], betas=(0.9, 0.95))
    start, record = time.time(), {"training_bytes": len(train), "seed": options.seed,
                                  "tokens_a_step": options.batch * CONTEXT, "losses": []}
    for step in range(1, options.steps + 1):
        decay_by = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / options.steps))
        rate = options.rate * min(1, step / 100) * decay_by
        for group in optimiser.param_groups:
            group["lr"] = rate
        at = torch.from_numpy(random.integers(0, len(ids) - CONTEXT - 1, options.batch))
        window = at[:, None] + torch.arange(CONTEXT)
        loss = F.cross_entropy(model(ids[window]).view(-1, VOCABULARY), ids[window + 1].view(-1))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        for block in model.blocks:
            block.moe.balance(options.balance * decay_by)
        if step % 50 == 0:
            load = max(float(b.moe.load.max() / b.moe.load.float().mean()) for b in model.blocks)
            print(f"step {step}  loss {loss.item():.4f}  largest/mean load {load:.2f}  "
                  f"{time.time() - start:.0f} s", flush=True)
            record["losses"].append([step, round(loss.item(), 4)])
        if step % 500 == 0 or step == options.steps:
            record["steps_done"], record["seconds"] = step, round(time.time() - start)
            save(model, options.output, held_out, excerpt, record)
            print(f"held-out cross-entropy {record['held_out_cross_entropy']:.4f} nats a byte", flush=True)


if __name__ == "__main__":
    main()
