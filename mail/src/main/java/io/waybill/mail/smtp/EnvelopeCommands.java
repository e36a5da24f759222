package io.waybill.mail.smtp;

import io.waybill.mail.Address;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MessageEncoding;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;

/** Words MAIL and RCPT with the parameters that the server understands. */
final class EnvelopeCommands {
  private final FrozenMessage message;
  private final SmtpCapabilities capabilities;
  private final Optional<DsnRequest> dsn;

  EnvelopeCommands(FrozenMessage message, SmtpCapabilities capabilities) {
    this.message = message;
    this.capabilities = capabilities;
    this.dsn =
        capabilities.offers("DSN") ? message.envelope().dsn() : Optional.empty(); // RFC 3461 3
  }

  /** RFC 1870 3, RFC 6152 3, RFC 6531 3.4, RFC 3461 4.3 and 4.4. */
  String mail() {
    StringBuilder line = new StringBuilder("MAIL FROM:<");
    line.append(message.envelope().sender().map(Address::address).orElse("")).append('>');
    if (capabilities.offers("SIZE")) {
      line.append(" SIZE=").append(message.sizeBytes());
    }
    if (message.encoding() != MessageEncoding.SEVEN_BIT && capabilities.offers("8BITMIME")) {
      line.append(" BODY=8BITMIME");
    }
    if (capabilities.offers("SMTPUTF8") && needsUtf8()) {
      line.append(" SMTPUTF8");
    }
    dsn.flatMap(DsnRequest::content).ifPresent(how -> line.append(" RET=").append(how));
    dsn.flatMap(DsnRequest::envelopeId).ifPresent(id -> line.append(" ENVID=").append(xtext(id)));
    return line.toString();
  }

  /** RFC 3461 4.1 and 4.2. */
  String recipient(Address address) {
    String line = "RCPT TO:<" + address.address() + ">";
    return dsn.map(request -> line + notify(request) + originalRecipient(address)).orElse(line);
  }

  private static String notify(DsnRequest request) {
    return " NOTIFY="
        + (request.events().isEmpty()
            ? "NEVER"
            : request.events().stream().sorted().map(Enum::name).collect(Collectors.joining(",")));
  }

  private static String originalRecipient(Address address) {
    return address.needsUtf8() ? "" : " ORCPT=rfc822;" + xtext(address.address());
  }

  private boolean needsUtf8() {
    return message.encoding() == MessageEncoding.UTF8 || message.envelope().needsUtf8();
  }

  /** RFC 3461 4: what is not plain is written as +XX. */
  private static String xtext(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b <= '~' && b != '+' && b != '=') {
        encoded.append((char) b);
      } else {
        encoded.append('+');
        encoded.append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)));
        encoded.append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
      }
    }
    return encoded.toString();
  }
}
