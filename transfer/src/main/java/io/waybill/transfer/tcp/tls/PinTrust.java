package io.waybill.transfer.tcp.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Checks servers by their key. */
final class PinTrust extends EngineTrust {
  private final List<Pin> pins;

  PinTrust(List<Pin> pins) {
    this.pins = pins;
  }

  @Override
  @Nullable IdentityException refusal(X509Certificate[] chain, String authType, SSLEngine engine) {
    boolean known = false;
    for (Pin pin : pins) {
      known |= pin.matches(chain[0]);
    }
    if (known) {
      return null;
    }
    String said = String.join(" or ", pins.stream().map(Pin::toString).toList());
    return new IdentityException(
        "the server at %s:%d shows the key %s, the pin says %s; if the server was given a new key on purpose, get its pin from whoever runs it (waybill serve prints it) and replace the old one; if not, somebody may be between you and the server"
            .formatted(engine.getPeerHost(), engine.getPeerPort(), Pin.of(chain[0]), said));
  }
}
