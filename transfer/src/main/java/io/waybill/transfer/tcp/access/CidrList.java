package io.waybill.transfer.tcp.access;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Holds blocks of addresses; an address belongs to the list if one of the blocks has it. */
public final class CidrList {
  private final List<Cidr> blocks;

  private CidrList(List<Cidr> blocks) {
    this.blocks = List.copyOf(blocks);
  }

  /** Makes a list of {@code blocks}; without any, no address belongs to it. */
  public static CidrList of(List<Cidr> blocks) {
    return new CidrList(blocks);
  }

  /**
   * Reads blocks that are separated by commas, white space or both.
   *
   * @throws IllegalArgumentException if one is refused by {@link Cidr#parse}
   */
  public static CidrList parse(String text) {
    List<Cidr> blocks = new ArrayList<>();
    for (String block : text.split("[,\\s]+", -1)) {
      if (!block.isEmpty()) {
        blocks.add(Cidr.parse(block));
      }
    }
    return new CidrList(blocks);
  }

  /** Tells whether {@code address} lies in one of the blocks. */
  public boolean contains(InetAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }

  /** Returns the blocks in their order. */
  public List<Cidr> blocks() {
    return blocks;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CidrList that && blocks.equals(that.blocks);
  }

  @Override
  public int hashCode() {
    return Objects.hash(blocks);
  }

  @Override
  public String toString() {
    return String.join(", ", blocks.stream().map(Cidr::toString).toList());
  }
}
