package io.waybill.scheduler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class SchedulerArchitectureTest {
  private static final String ROOT = "io.waybill.scheduler";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void onlyTheQuartzPackageKnowsQuartz() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".quartz..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.quartz..")
        .check(CLASSES);
  }

  @Test
  void onlyTheStorePackageKnowsThePoolAndTheMigrations() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.zaxxer..", "org.flywaydb..")
        .check(CLASSES);
  }

  @Test
  void onlyOneClassKnowsTheLibraryForRecurrenceRules() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".time.RecurrencePattern")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.dmfs..")
        .check(CLASSES);
  }

  @Test
  void rootImportsNoneOfItsSubPackages() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".*..")
        .check(CLASSES);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void knowsNothingOfTheOtherModules() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.waybill", "io.waybill.mail..", "io.waybill.transfer..", "io.waybill.jobs..")
        .check(CLASSES);
  }

  @Test
  void noClockTicksInsideTheTimePackage() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".time..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(InstantSource.class)
        .check(CLASSES);
  }
}
