"""Staff pages of the training pool."""

from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.courses.models import Trainer
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import changed, make_training_session, only


def test_staff_put_a_person_in_the_pool_and_take_them_out(staff: Browser, asha: Person) -> None:
    assert "Nobody is in the training pool" in staff.get("/manage/trainers").text
    assert "Nobody found" in staff.get("/manage/trainers/new?q=zebra").text
    staff.get("/manage/trainers/new?q=asha")
    staff.click("Asha Patel")
    assert staff.page is not None
    page = staff.fill(staff.page, topics="Neglect")
    assert "Asha Patel is in the training pool" in page.text
    assert Role.TRAINER in asha.roles
    assert "already" in staff.submit(f"/manage/trainers/new/{asha.id}").errors[0]

    trainer = only(Trainer)
    staff.submit(f"/manage/trainers/{trainer.id}", topics="Core groups")
    assert "Topics: was Neglect, now Core groups" in staff.get(f"/manage/trainers/{trainer.id}").text
    page = staff.submit(f"/manage/trainers/{trainer.id}/leave")
    assert "Left the pool" in page.text
    db.session.rollback()
    assert Role.TRAINER not in asha.roles
    staff.get(f"/manage/trainers/{trainer.id}")
    assert staff.click("Put back in the pool").status == 200


def test_a_trainer_with_dates_stays_in_words(staff: Browser, tom: Person) -> None:
    trainer = make_training_session(trainers=[tom]).trainers[0]
    page = staff.submit(f"/manage/trainers/{trainer.id}/leave", status=409)
    assert "is to train on 1 date" in page.text


def test_somebody_without_a_record_is_not_put_in_the_pool(staff: Browser) -> None:
    staff.get("/manage/trainers/new/999999", status=404)


def test_the_topics_of_a_trainer_stand_apart(staff: Browser, tom: Person) -> None:
    changed(db.session.scalars(db.select(Trainer)).one(), topics="Neglect\nCore groups")

    assert "Neglect, Core groups" in staff.get("/manage/trainers").text
