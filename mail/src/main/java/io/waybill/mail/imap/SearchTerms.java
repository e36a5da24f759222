package io.waybill.mail.imap;

import io.waybill.mail.inbox.MailSearch;
import jakarta.mail.Flags;
import jakarta.mail.Message;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.ComparisonTerm;
import jakarta.mail.search.FlagTerm;
import jakarta.mail.search.FromStringTerm;
import jakarta.mail.search.HeaderTerm;
import jakarta.mail.search.OrTerm;
import jakarta.mail.search.ReceivedDateTerm;
import jakarta.mail.search.RecipientStringTerm;
import jakarta.mail.search.SearchTerm;
import jakarta.mail.search.SizeTerm;
import jakarta.mail.search.SubjectTerm;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in a server's terms what is looked for. */
final class SearchTerms {
  /** What the library can say; larger ones are looked at afterwards. */
  private static final int MOST = Integer.MAX_VALUE;

  private SearchTerms() {}

  /** Returns the terms that a server can be asked for, or null if there are none. */
  static @Nullable SearchTerm of(MailSearch search) {
    List<SearchTerm> terms = new ArrayList<>();
    search.subject().ifPresent(text -> terms.add(new SubjectTerm(text)));
    search.from().ifPresent(text -> terms.add(new FromStringTerm(text)));
    search
        .to()
        .ifPresent(
            text ->
                terms.add(
                    new OrTerm(
                        new RecipientStringTerm(Message.RecipientType.TO, text),
                        new RecipientStringTerm(Message.RecipientType.CC, text))));
    search.messageId().ifPresent(id -> terms.add(new HeaderTerm("Message-ID", id)));
    search.since().ifPresent(day -> terms.add(received(ComparisonTerm.GE, day)));
    search.before().ifPresent(day -> terms.add(received(ComparisonTerm.LT, day)));
    search
        .largerThan()
        .ifPresent(
            bytes -> terms.add(new SizeTerm(ComparisonTerm.GT, (int) Math.min(MOST, bytes))));
    if (search.isUnseen()) {
      terms.add(new FlagTerm(new Flags(Flags.Flag.SEEN), false));
    }
    return terms.isEmpty() ? null : new AndTerm(terms.toArray(SearchTerm[]::new));
  }

  /** The library writes the day that a moment has in this process's zone. */
  private static SearchTerm received(int comparison, LocalDate day) {
    return new ReceivedDateTerm(
        comparison, Date.from(day.atTime(12, 0).atZone(ZoneId.systemDefault()).toInstant()));
  }
}
