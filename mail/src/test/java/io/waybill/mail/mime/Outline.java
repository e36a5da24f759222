package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;

/** Draws the tree of a message in one line, read by a parser that knows nothing of our writer. */
final class Outline {
  private Outline() {}

  static String of(PreparedMessage message) throws IOException {
    StringBuilder out = new StringBuilder();
    MimeTokenStream tokens = new MimeTokenStream();
    tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
    try (InputStream in = message.open()) {
      tokens.parse(in);
      for (EntityState state = tokens.getState();
          state != EntityState.T_END_OF_STREAM;
          state = tokens.next()) {
        switch (state) {
          case T_BODY -> out.append(tokens.getBodyDescriptor().getMimeType()).append(' ');
          case T_START_MULTIPART ->
              out.append(tokens.getBodyDescriptor().getSubType()).append("( ");
          case T_END_MULTIPART -> out.append(") ");
          default -> {}
        }
      }
    } catch (MimeException e) {
      throw new IOException(e);
    }
    return out.toString().strip();
  }
}
