package io.waybill.mail.mime;

import io.waybill.mail.mime.ReceivedPart.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A multipart whose end has not come yet. */
final class Branch {
  final String type;
  final int boundaryLength;
  final List<ReceivedPart> parts = new ArrayList<>();
  @Nullable Spool preamble;

  Branch(String type, int boundaryLength) {
    this.type = type;
    this.boundaryLength = boundaryLength;
  }

  ReceivedPart part() {
    return new ReceivedPart(type, Role.MULTIPART, "", 0, parts);
  }

  /** Of the outermost: the message itself, which is one part, unless it broke off before it. */
  ReceivedPart only() {
    return parts.isEmpty()
        ? new ReceivedPart("text/plain", Role.TEXT, "", 0, List.of())
        : parts.get(0);
  }
}
