package io.waybill.transfer.trace;

import io.waybill.transfer.WireTap;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** Tells several taps the same, one after the other. As safe for threads as they are. */
public final class Taps implements WireTap {
  private final List<WireTap> taps;

  private Taps(List<WireTap> taps) {
    this.taps = List.copyOf(taps);
  }

  /** Returns one tap for all of these; for none of them, the one that costs nothing. */
  public static WireTap of(List<WireTap> taps) {
    return switch (taps.size()) {
      case 0 -> NONE;
      case 1 -> taps.get(0);
      default -> new Taps(taps);
    };
  }

  @Override
  public Tapped open(String protocol, InetSocketAddress local, InetSocketAddress remote) {
    List<Tapped> all = taps.stream().map(tap -> tap.open(protocol, local, remote)).toList();
    return new Tapped() {
      @Override
      public void sent(ByteBuffer... bytes) {
        all.forEach(each -> each.sent(bytes));
      }

      @Override
      public void received(ByteBuffer bytes) {
        all.forEach(each -> each.received(bytes));
      }

      @Override
      public void line(Direction direction, String text) {
        all.forEach(each -> each.line(direction, text));
      }

      @Override
      public void closed(String reason) {
        all.forEach(each -> each.closed(reason));
      }
    };
  }
}
