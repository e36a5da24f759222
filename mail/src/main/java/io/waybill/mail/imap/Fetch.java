package io.waybill.mail.imap;

import io.waybill.mail.ContentSource;
import io.waybill.mail.inbox.Batches;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what matches, lowest UIDs first, once and without writing anything down. */
final class Fetch {
  private static final Logger log = LoggerFactory.getLogger(Fetch.class);

  private final ImapConnection connection;
  private final FetchSpec spec;
  private final List<InboundMail> found = new ArrayList<>();

  Fetch(ImapConnection connection, FetchSpec spec) {
    this.connection = connection;
    this.spec = spec;
  }

  List<InboundMail> run() throws IOException, ProtocolException {
    try {
      collect();
      return List.copyOf(found);
    } catch (IOException | ProtocolException | RuntimeException e) {
      found.forEach(InboundMail::close);
      throw e;
    }
  }

  private void collect() throws IOException, ProtocolException {
    FolderState state = connection.open(spec.folder(), false);
    if (state.messages() == 0) {
      return;
    }
    ImapFolder folder = new ImapFolder(connection.wire(), state);
    MailSearch search = spec.search();
    long[] uids = folder.find(spec.sinceUid() + 1, FolderState.MAX_UID, search);
    for (long[] window : ImapFolder.windows(uids)) {
      List<MailFacts> wanted = folder.facts(window).stream().filter(search::matches).toList();
      for (List<MailFacts> batch : Batches.of(wanted)) {
        if (!Batches.isSmall(batch)) {
          long uid = batch.get(0).uid();
          take(batch.get(0), new ImapContent((at, length) -> piece(folder, uid, at, length), uid));
          continue;
        }
        Map<Long, ContentSource> contents = folder.contents(batch);
        for (MailFacts facts : batch) {
          ContentSource content = contents.get(facts.uid());
          if (content != null) { // else it is gone
            take(facts, content.open());
          }
        }
        if (found.size() == spec.limit()) {
          return;
        }
      }
    }
  }

  private static Optional<byte[]> piece(ImapFolder folder, long uid, long offset, int length)
      throws IOException {
    try {
      return folder.piece(uid, offset, length);
    } catch (ProtocolException e) {
      throw new IOException(e);
    }
  }

  private void take(MailFacts facts, InputStream content) throws IOException {
    if (found.size() == spec.limit()) {
      return;
    }
    ParsedMail mail;
    try {
      mail = MimeReader.read(content, spec.mimeLimits());
    } catch (GoneException e) {
      log.debug("imap.gone uid={}", facts.uid());
      return;
    }
    if (spec.search().matches(mail)) {
      found.add(InboundMail.read(facts, mail));
    } else {
      mail.close();
    }
  }
}
