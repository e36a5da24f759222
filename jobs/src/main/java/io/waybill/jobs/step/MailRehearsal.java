package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Rehearsal;
import io.waybill.mail.Address;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.mime.PreparedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows a message as it would be sent, signed too, and sends nothing. */
final class MailRehearsal {
  private static final int MOST_BYTES = 64 * 1024;

  private MailRehearsal() {}

  /**
   * Composes and shows a message.
   *
   * @throws MailException.ContentUnavailable if a file of it cannot be read
   */
  static Rehearsal of(Connection.Outgoing via, Message message) {
    try (PreparedMessage prepared = MailSenders.preparer(via, Clock.systemUTC()).prepare(message);
        InputStream in = prepared.open()) {
      byte[] shown = in.readNBytes(MOST_BYTES);
      String rest =
          prepared.sizeBytes() > shown.length
              ? "\n... and %d bytes more".formatted(prepared.sizeBytes() - shown.length)
              : "";
      List<String> to = prepared.envelope().recipients().stream().map(Address::address).toList();
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("to", to);
      item.put("size", prepared.sizeBytes());
      item.put("text", new String(shown, StandardCharsets.UTF_8) + rest);
      return Rehearsal.of(
          "would send %d bytes by %s to %s"
              .formatted(
                  prepared.sizeBytes(), via.name(), to.stream().collect(Collectors.joining(", "))),
          List.of(item));
    } catch (IOException e) {
      throw new MailException.ContentUnavailable(message.subject(), e);
    }
  }
}
