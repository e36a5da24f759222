package io.waybill.mail;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class MailArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.waybill");

  @Test
  void onlyTheImapPackageTouchesTheWireLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.mail.imap")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..")
        .check(CLASSES);
  }

  @Test
  void onlyTheMimePackageTouchesMime4j() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.mail.mime")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.james..")
        .check(CLASSES);
  }

  @Test
  void onlyTheTemplatePackageTouchesTemplatesAndHtml() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.mail.template")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.samskivert..", "org.jsoup..")
        .check(CLASSES);
  }

  @Test
  void onlySmimeTouchesBouncyCastle() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.mail.smime")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bouncycastle..")
        .check(CLASSES);
  }

  @Test
  void whatUsersCallInSmimeLoadsWithoutBouncyCastle() {
    noClasses()
        .that()
        .resideInAPackage("io.waybill.mail.smime")
        .and()
        .arePublic()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bouncycastle..")
        .check(CLASSES);
  }

  @Test
  void sealsKnowMessagesAndKeysOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("io.waybill.mail.dkim", "io.waybill.mail.smime")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.waybill.mail.smtp..", "io.waybill.mail.imap..", "io.waybill.mail.outbox..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.waybill.mail.mime")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.waybill.mail.dkim", "io.waybill.mail.smime", "io.waybill.mail.pem")
        .check(CLASSES);
  }

  @Test
  void onlyOutboxAndLedgerTouchDatabases() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.waybill.mail.outbox", "io.waybill.mail.ledger", "io.waybill.mail.jdbc")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.flywaydb..", "java.sql..", "javax.sql..")
        .check(CLASSES);
  }

  @Test
  void onlyTheOauthPackageSpeaksHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.waybill.mail.oauth")
        .and()
        .resideInAPackage("io.waybill.mail..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..")
        .check(CLASSES);
  }

  @Test
  void loginsOpenNoSocket() {
    noClasses()
        .that()
        .resideInAPackage("io.waybill.mail.sasl")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "io.waybill.mail.net", "io.waybill.mail.smtp")
        .check(CLASSES);
  }

  @Test
  void theRootImportsNoSubPackage() {
    noClasses()
        .that()
        .resideInAPackage("io.waybill.mail")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.waybill.mail.*..")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.waybill.mail.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void mailKnowsNoOtherModule() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.waybill.transfer..", "io.waybill.scheduler..", "io.waybill.jobs..")
        .check(CLASSES);
  }
}
