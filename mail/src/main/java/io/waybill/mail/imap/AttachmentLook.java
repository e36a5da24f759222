package io.waybill.mail.imap;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.BODYSTRUCTURE;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.UID;

/**
 * Tells messages without attachments by what the server says of their parts, without reading them.
 * Servers may be wrong, and what cannot be read of it is no proof: those messages stay in.
 */
final class AttachmentLook {
  private static final int MOST_DEPTH = 32;

  private final ImapWire wire;

  AttachmentLook(ImapWire wire) {
    this.wire = wire;
  }

  long[] among(long[] uids) throws IOException, ProtocolException {
    Set<Long> without = new HashSet<>();
    for (long[] window : ImapFolder.windows(uids)) {
      String command = "UID FETCH " + ImapFolder.set(window) + " (UID BODYSTRUCTURE)";
      for (Response response : wire.run(command)) {
        if (response instanceof FetchResponse fetched) {
          UID uid = fetched.getItem(UID.class);
          BODYSTRUCTURE structure = fetched.getItem(BODYSTRUCTURE.class);
          if (uid != null && structure != null && !mayHave(structure, 0)) {
            without.add(uid.uid);
          }
        }
      }
    }
    return Arrays.stream(uids).filter(uid -> !without.contains(uid)).toArray();
  }

  private static boolean mayHave(BODYSTRUCTURE part, int depth) {
    if (depth > MOST_DEPTH) {
      return true;
    }
    if (part.isMulti()) {
      return part.bodies == null
          || Arrays.stream(part.bodies).anyMatch(each -> mayHave(each, depth + 1));
    }
    boolean isBody =
        "text".equalsIgnoreCase(part.type)
            && ("plain".equalsIgnoreCase(part.subtype) || "html".equalsIgnoreCase(part.subtype));
    return !isBody || "attachment".equalsIgnoreCase(part.disposition);
  }
}
