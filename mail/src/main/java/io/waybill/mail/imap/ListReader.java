package io.waybill.mail.imap;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.angus.mail.iap.ParsingException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.IMAPResponse;
import org.eclipse.angus.mail.imap.protocol.ListInfo;

/** Reads the answers to LIST. */
final class ListReader {
  private ListReader() {}

  static ListInfo[] of(Response[] responses) throws ParsingException {
    List<ListInfo> folders = new ArrayList<>();
    for (Response response : responses) {
      if (response instanceof IMAPResponse line && line.keyEquals("LIST")) {
        folders.add(new ListInfo(line));
      }
    }
    return folders.toArray(ListInfo[]::new);
  }
}
