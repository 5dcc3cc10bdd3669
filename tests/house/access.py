"""Who may open each endpoint. A view that is missing here, or declares something else, fails the house tests."""

from sscb_training.core.access import PUBLIC, SIGNED_IN
from sscb_training.core.roles import Role

LEAD = (Role.AGENCY_LEAD,)
TRAINER = (Role.TRAINER,)
STAFF = (Role.BOARD_STAFF, Role.ADMINISTRATOR)
REGISTER_TAKERS = (Role.TRAINER, *STAFF)
ADMINISTRATOR = (Role.ADMINISTRATOR,)

CORE = {
    "static": (PUBLIC,),
    "health.show": (PUBLIC,),
    "notices.accessibility": (PUBLIC,),
    "notices.privacy": (PUBLIC,),
    "notices.cookies": (PUBLIC,),
}

AGENCIES: dict[str, tuple[str, ...]] = {
    "agencies.index": STAFF,
    "agencies.create": STAFF,
    "agencies.show": (*LEAD, *STAFF),
    "agencies.edit": STAFF,
    "agencies.end": STAFF,
    "agencies.reopen": STAFF,
    "agencies.record_headcount": (*LEAD, *STAFF),
    "agencies.withdraw_headcount": (*LEAD, *STAFF),
    "agencies.keep_people_here": STAFF,
    "agencies.stop_keeping_people_here": STAFF,
    "agencies.staff_groups": STAFF,
    "agencies.create_staff_group": STAFF,
    "agencies.rename_staff_group": STAFF,
    "agencies.move_staff_group_up": STAFF,
}


PEOPLE: dict[str, tuple[str, ...]] = {
    "people.sign_in": (PUBLIC,),
    "people.sign_out": (PUBLIC,),
    "people.signed_out": (PUBLIC,),
    "people.create_account": (PUBLIC,),
    "people.check_email": (PUBLIC,),
    "people.confirm": (PUBLIC,),
    "people.forgotten_password": (PUBLIC,),
    "people.reset_password": (PUBLIC,),
    "people.accept_invitation": (PUBLIC,),
    "people.confirm_new_email": (PUBLIC,),
    "people.account": (SIGNED_IN,),
    "people.change_name": (SIGNED_IN,),
    "people.change_password": (SIGNED_IN,),
    "people.change_email": (SIGNED_IN,),
    "people.add_job": (SIGNED_IN,),
    "people.change_manager": (SIGNED_IN,),
    "people.end_job": (SIGNED_IN,),
    "people.sign_out_everywhere": (SIGNED_IN,),
    "people.index": STAFF,
    "people.invite": STAFF,
    "people.invite_again": STAFF,
    "people.grant_role": STAFF,
    "people.end_role": STAFF,
    "people.suspend": STAFF,
    "people.letters_to": (*LEAD, *STAFF),
    "people.restore": STAFF,
    "people.confirm_job": STAFF,
    "people.end_somebodys_job": STAFF,
}


COURSES: dict[str, tuple[str, ...]] = {
    "courses.index": STAFF,
    "courses.create": STAFF,
    "courses.show": STAFF,
    "courses.edit": STAFF,
    "courses.publish": STAFF,
    "courses.unpublish": STAFF,
    "courses.add_material": STAFF,
    "courses.remove_material": STAFF,
    "courses.edit_version": STAFF,
    "courses.venues": STAFF,
    "courses.create_venue": STAFF,
    "courses.edit_venue": STAFF,
    "courses.close_venue": STAFF,
    "courses.reopen_venue": STAFF,
    "courses.trainers": STAFF,
    "courses.find_trainer": STAFF,
    "courses.create_trainer": STAFF,
    "courses.edit_trainer": STAFF,
    "courses.leave_pool": STAFF,
    "courses.create_session": STAFF,
    "courses.plan_session": STAFF,
    "courses.edit_session": STAFF,
    "courses.publish_session": STAFF,
    "courses.copy_session": STAFF,
    "courses.set_minimum": STAFF,
    "courses.publish_several": STAFF,
    "courses.delete_session": STAFF,
    "courses.settings": ADMINISTRATOR,
    "courses.set_numbers": ADMINISTRATOR,
    "courses.create_theme": ADMINISTRATOR,
    "courses.rename_theme": ADMINISTRATOR,
    "courses.move_theme_up": ADMINISTRATOR,
    "courses.create_level_scheme": ADMINISTRATOR,
    "courses.rename_level_scheme": ADMINISTRATOR,
    "courses.create_level": ADMINISTRATOR,
    "courses.rename_level": ADMINISTRATOR,
    "courses.move_level_up": ADMINISTRATOR,
}


BOOKINGS: dict[str, tuple[str, ...]] = {
    "bookings.request_place": (SIGNED_IN,),
    "bookings.access_needs": (SIGNED_IN,),
    "bookings.check_answers": (SIGNED_IN,),
    "bookings.index": (SIGNED_IN,),
    "bookings.letter": (SIGNED_IN,),
    "bookings.show": (SIGNED_IN,),
    "bookings.calendar": (SIGNED_IN,),
    "bookings.calendar_address": (SIGNED_IN,),
    "bookings.remove_calendar_address": (SIGNED_IN,),
    "bookings.calendar_feed": (PUBLIC,),  # for whoever holds the secret address
    "bookings.cancel": (SIGNED_IN,),
    "bookings.leavers": (*LEAD, *STAFF),
    "bookings.decide_leaver": (*LEAD, *STAFF),
    "bookings.substitute": (SIGNED_IN,),  # for whom is the query's business
    "bookings.substitute_new": (SIGNED_IN,),
    "bookings.move": (SIGNED_IN,),
    "bookings.book_part": STAFF,
    "bookings.book_own_part": (SIGNED_IN,),
    "bookings.move_part": STAFF,
    "bookings.move_session": STAFF,
    "bookings.new_part_date": STAFF,
    "bookings.accept_offer": (SIGNED_IN,),
    "bookings.turn_down": (SIGNED_IN,),
    "bookings.rejoin": (SIGNED_IN,),
    "bookings.approvals": (SIGNED_IN,),  # what waits for whom is the query's business
    "bookings.approve": (SIGNED_IN,),
    "bookings.approve_by_link": (PUBLIC,),  # for whoever holds the signed link
    "bookings.note_interest": (SIGNED_IN,),
    "bookings.leave_list": (SIGNED_IN,),
    "bookings.set_rules": STAFF,
    "bookings.charges": STAFF,
    "bookings.charge": STAFF,
    "bookings.waive_charge": STAFF,
    "bookings.excuse_charge": STAFF,
    "bookings.charge_after_all": STAFF,
    "bookings.charge_policies": STAFF,
    "bookings.add_charge_policy": STAFF,
    "bookings.change_charge_policy": STAFF,
    "bookings.own_rules": STAFF,
    "bookings.sessions": STAFF,
    "bookings.materials": REGISTER_TAKERS,
    "bookings.session": STAFF,
    "bookings.session_calendar": STAFF,
    "bookings.session_access_needs": REGISTER_TAKERS,
    "bookings.put_in": STAFF,
    "bookings.change_places": STAFF,
    "bookings.several": STAFF,
    "bookings.close_to_others": STAFF,
    "bookings.choose_date": (*LEAD, *STAFF),
    "bookings.book_several": (*LEAD, *STAFF),
    "bookings.book_team": (*LEAD, *STAFF),
    "bookings.team": (*LEAD, *STAFF),
    "bookings.cancel_session": STAFF,
    "bookings.change_session": STAFF,
    "bookings.tell_of_changes": STAFF,
    "bookings.tell_nobody": STAFF,
}


ACCREDITATION: dict[str, tuple[str, ...]] = {
    "accreditation.index": STAFF,
    "accreditation.revoke": STAFF,
    "accreditation.reinstate": STAFF,
    "accreditation.externals": STAFF,
    "accreditation.record_external": (SIGNED_IN,),
    "accreditation.record_external_for": STAFF,
    "accreditation.external": (SIGNED_IN,),
    "accreditation.external_evidence": (SIGNED_IN,),
    "accreditation.accept_external": STAFF,
    "accreditation.decline_external": STAFF,
    "accreditation.withdraw_external": (SIGNED_IN,),
    "accreditation.schemes": STAFF,
    "accreditation.add_scheme": STAFF,
    "attendance.confirm": (PUBLIC,),  # for whoever holds the signed link
    "attendance.confirmations": STAFF,
    "attendance.decide_confirmation": STAFF,
    "accreditation.change_scheme": STAFF,
    "accreditation.scheme": STAFF,
    "accreditation.accept_terms": (SIGNED_IN,),
    "accreditation.set_licence": STAFF,
    "accreditation.change_way": STAFF,
    "accreditation.add_terms": STAFF,
    "accreditation.change_terms": STAFF,
    "accreditation.remove_terms": STAFF,
}


QUIZZES: dict[str, tuple[str, ...]] = {
    "quizzes.show": (SIGNED_IN,),  # of whose booking, and how much of it, is the query's business
    "quizzes.begin": (SIGNED_IN,),
    "quizzes.answer": (SIGNED_IN,),
    "quizzes.review": (SIGNED_IN,),
    "quizzes.hand_in": (SIGNED_IN,),
    "quizzes.result": (SIGNED_IN,),
    "quizzes.answers": STAFF,
    "quizzes.session": REGISTER_TAKERS,
    "quizzes.give_time": REGISTER_TAKERS,
    "quizzes.index": STAFF,
    "quizzes.add": STAFF,
    "quizzes.bank": STAFF,
    "quizzes.change_settings": STAFF,
    "quizzes.publish": STAFF,
    "quizzes.take_down": STAFF,
    "quizzes.add_question": STAFF,
    "quizzes.change_question": STAFF,
    "quizzes.retire_question": STAFF,
    "quizzes.copy": STAFF,
    "quizzes.figures": STAFF,
}


ATTENDANCE: dict[str, tuple[str, ...]] = {
    "attendance.index": REGISTER_TAKERS,
    "attendance.take": REGISTER_TAKERS,
    "attendance.on_this_phone": (PUBLIC,),
    "attendance.worker": (PUBLIC,),
    "attendance.marks": REGISTER_TAKERS,
    "attendance.mark": REGISTER_TAKERS,
    "attendance.close": REGISTER_TAKERS,
    "attendance.reopen": REGISTER_TAKERS,
    "attendance.add": REGISTER_TAKERS,
    "attendance.add_new": REGISTER_TAKERS,
    "attendance.cancel_part": STAFF,
    "attendance.sign_in_sheet": REGISTER_TAKERS,
    "attendance.from_paper": REGISTER_TAKERS,
    "attendance.changes": REGISTER_TAKERS,
    "attendance.retake": REGISTER_TAKERS,
    "attendance.unconfirmed": STAFF,
    "attendance.confirm_agency": STAFF,
    "attendance.correct_agency": STAFF,
    "attendance.check_in": (PUBLIC,),
    "attendance.read_code": (PUBLIC,),
    "attendance.confirm_check_in": (PUBLIC,),
    "attendance.ask_to_be_let_in": (PUBLIC,),
    "attendance.check_in_screen": REGISTER_TAKERS,
    "attendance.confirm_check_ins": REGISTER_TAKERS,
    "attendance.answer_at_the_door": REGISTER_TAKERS,
}


EVALUATIONS: dict[str, tuple[str, ...]] = {
    "evaluations.index": (SIGNED_IN,),
    "evaluations.answer": (SIGNED_IN,),  # of whose booking is the query's business
    "evaluations.answer_by_link": (PUBLIC,),  # for whoever holds the signed link
    "evaluations.results": STAFF,
    "evaluations.first_use": (PUBLIC,),  # for whoever holds the signed link
    "evaluations.first_use_results": STAFF,
    "evaluations.course": STAFF,
    "evaluations.session": REGISTER_TAKERS,
    "evaluations.set_plan": STAFF,
    "evaluations.set_numbers": ADMINISTRATOR,
}


CERTIFICATES: dict[str, tuple[str, ...]] = {
    "certificates.achievement": (PUBLIC,),
    "certificates.badge_status": (PUBLIC,),
    "certificates.badges": (PUBLIC,),
    "certificates.did": (PUBLIC,),
    "certificates.download_badge": (SIGNED_IN,),  # of whose accreditation is the query's business
    "certificates.issuer": (PUBLIC,),
    "certificates.keys": (PUBLIC,),
    "certificates.check": (PUBLIC,),
    "certificates.check_code": (PUBLIC,),
    "certificates.download": (SIGNED_IN,),  # of whose booking is the query's business
    "certificates.download_accreditation": (SIGNED_IN,),
    "certificates.session": STAFF,
    "certificates.download_session": STAFF,
    "certificates.send_session": STAFF,
    "certificates.ask_for_new_name": (SIGNED_IN,),
    "certificates.requests": STAFF,
    "certificates.of_person": STAFF,
    "certificates.decline": STAFF,
}


TOOLS: dict[str, tuple[str, ...]] = {
    "tools.index": (*LEAD, *STAFF),
    "tools.change_setting": STAFF,
    "tools.resources": (SIGNED_IN,),  # whoever is not accredited is told what they need
    "tools.open_resource": (SIGNED_IN,),  # to whom it opens is the query's business
    "tools.add_resource": STAFF,
    "tools.resource": STAFF,
    "tools.change_resource": STAFF,
    "tools.replace_resource": STAFF,
    "tools.retire_resource": STAFF,
    "tools.restore_resource": STAFF,
    "tools.move_resource_up": STAFF,
    "tools.take_back_version": STAFF,
    "tools.readers": STAFF,
    "tools.champions": (SIGNED_IN,),  # whoever is not accredited is told what they need
    "tools.agency": (*LEAD, *STAFF),
    "tools.name_champion": (*LEAD, *STAFF),
    "tools.take_off_champion": (*LEAD, *STAFF),
    "tools.answer_as_champion": (SIGNED_IN,),  # for the champion alone
    "tools.agreements": STAFF,
    "tools.record_agreement": STAFF,
    "tools.change_agreement": STAFF,
    "tools.withdraw_agreement": STAFF,
    "tools.agreement_file": (*LEAD, *STAFF),
}


CASE_AUDITS: dict[str, tuple[str, ...]] = {
    "case_audits.index": STAFF,
    "case_audits.briefings": STAFF,
    "case_audits.briefing": STAFF,
    "case_audits.add_briefing": STAFF,
    "case_audits.change_briefing": STAFF,
    "case_audits.preview_briefing": STAFF,
    "case_audits.preview_paper": STAFF,
    "case_audits.choose_audits": STAFF,
    "case_audits.choose_items": STAFF,
    "case_audits.change_item": STAFF,
    "case_audits.move_item_up": STAFF,
    "case_audits.introduce_theme": STAFF,
    "case_audits.move_theme_up": STAFF,
    "case_audits.add_question": STAFF,
    "case_audits.add_news_item": STAFF,
    "case_audits.add_strength": STAFF,
    "case_audits.add_link": STAFF,
    "case_audits.change_link": STAFF,
    "case_audits.remove_link": STAFF,
    "case_audits.submit_briefing": STAFF,
    "case_audits.decide_briefing": STAFF,
    "case_audits.publish_briefing": STAFF,
    "case_audits.correct_briefing": STAFF,
    "case_audits.discard_briefing": STAFF,
    "case_audits.withdraw_briefing": STAFF,
    "case_audits.record_discussion": (SIGNED_IN,),
    "case_audits.discussions": (SIGNED_IN,),
    "case_audits.withdraw_discussion": (SIGNED_IN,),
    "case_audits.add_audit": STAFF,
    "case_audits.add_version": STAFF,
    "case_audits.answer_actions": STAFF,
    "case_audits.add_finding": STAFF,
    "case_audits.add_action": STAFF,
    "case_audits.change_finding": STAFF,
    "case_audits.change_action": STAFF,
    "case_audits.actions": STAFF,
    "case_audits.change_audit": STAFF,
    "case_audits.publish_audit": STAFF,
    "case_audits.discard_draft": STAFF,
    "case_audits.remove_finding": STAFF,
    "case_audits.remove_action": STAFF,
    "case_audits.add_audit_link": STAFF,
    "case_audits.add_action_link": STAFF,
    "case_audits.mark_link": STAFF,
    "case_audits.revive_link": STAFF,
    "case_audits.remove_audit_link": STAFF,
    "case_audits.import_audit": STAFF,
    "case_audits.import_template": STAFF,
    "case_audits.check_import": STAFF,
    "case_audits.discard_import": STAFF,
    "case_audits.indicators": STAFF,
    "case_audits.indicator": STAFF,
    "case_audits.add_indicator": STAFF,
    "case_audits.change_indicator": STAFF,
    "case_audits.comparison": STAFF,
    "case_audits.add_result": STAFF,
    "case_audits.change_result": STAFF,
    "case_audits.remove_result": STAFF,
}


TRAINERS: dict[str, tuple[str, ...]] = {
    "imports.index": STAFF,
    "imports.template": STAFF,
    "imports.names": STAFF,
    "imports.forget_name": STAFF,
    "imports.upload": STAFF,
    "imports.match": STAFF,
    "imports.show": STAFF,
    "imports.decide": STAFF,
    "imports.leave_out": STAFF,
    "imports.start": STAFF,
    "imports.try_again": STAFF,
    "imports.stop": STAFF,
    "imports.undo": STAFF,
    "imports.discard": STAFF,
    "imports.set_launch": STAFF,
    "trainers.ledger": (*LEAD, *STAFF),
    "trainers.agency_ledger": (*LEAD, *STAFF),
    "trainers.correct_ledger": STAFF,
    "trainers.use_place": STAFF,
    "trainers.earning": STAFF,
    "trainers.choose": STAFF,
    "trainers.change_trainer": STAFF,
    "trainers.show": STAFF,
    "trainers.without_accreditation": STAFF,
    "trainers.answer_by_link": (PUBLIC,),
    "trainers.answer_invitation": TRAINER,
    "trainers.mine": TRAINER,
    "trainers.add_time_away": TRAINER,
    "trainers.remove_time_away": TRAINER,
}


PROGRAMME: dict[str, tuple[str, ...]] = {"programme.year": STAFF, "programme.demand": STAFF}

NEEDS: dict[str, tuple[str, ...]] = {
    "needs.index": STAFF,
    "needs.show": STAFF,
    "needs.version": STAFF,
    "needs.add": STAFF,
    "needs.change": STAFF,
    "needs.audience": STAFF,
    "needs.choose_answer": STAFF,
    "needs.add_answer": STAFF,
    "needs.take_away_answer": STAFF,
    "needs.coverage": STAFF,
    "needs.everybody": STAFF,
    "needs.published_coverage": STAFF,
    "needs.forecast": STAFF,
    "needs.set_assumptions": ADMINISTRATOR,
    "needs.headcounts": STAFF,
    "needs.ask_for_headcounts": STAFF,
    "needs.stop_asking_for_headcounts": STAFF,
    "needs.people": (*LEAD, *STAFF),
    "needs.reviews": STAFF,
    "needs.close": STAFF,
    "needs.keep_open": STAFF,
    "needs.re_open": STAFF,
    "needs.audit": STAFF,
    "needs.finding": STAFF,
    "needs.triage": STAFF,
    "needs.link_finding": STAFF,
    "needs.need_from_finding": STAFF,
    "needs.found_again": STAFF,
    "needs.take_back_found_again": STAFF,
    "needs.unlink_finding": STAFF,
    "needs.not_training": STAFF,
    "needs.take_back_not_training": STAFF,
    "needs.accreditation": (SIGNED_IN,),
}


CATALOGUE: dict[str, tuple[str, ...]] = {
    "catalogue.front": (PUBLIC,),
    "catalogue.index": (PUBLIC,),
    "catalogue.programme": (PUBLIC,),
    "catalogue.course": (PUBLIC,),
    "catalogue.date": (PUBLIC,),
    "catalogue.briefings": (PUBLIC,),
    "catalogue.briefing": (PUBLIC,),
    "catalogue.briefing_edition": (PUBLIC,),
    "catalogue.briefing_paper": (PUBLIC,),
}


REPORTS: dict[str, tuple[str, ...]] = {
    "reports.index": STAFF,
    "reports.dashboard": STAFF,
    "reports.coverage": STAFF,
    "reports.lapses": STAFF,
    "reports.lapsing_people": (*LEAD, *STAFF),
    "reports.board": (*LEAD, *STAFF),  # whose report they see is the query’s business; so of all below
    "reports.rows": (*LEAD, *STAFF),
    "reports.freeze": (*LEAD, *STAFF),
    "reports.copies": (*LEAD, *STAFF),
    "reports.copy": (*LEAD, *STAFF),
    "reports.compare_copy": (*LEAD, *STAFF),
    "reports.delete_copy": STAFF,
    "reports.schedules": (*LEAD, *STAFF),
    "reports.add_schedule": (*LEAD, *STAFF),
    "reports.schedule": (*LEAD, *STAFF),
    "reports.change_schedule": (*LEAD, *STAFF),
    "reports.pause_schedule": (*LEAD, *STAFF),
    "reports.take_up_schedule": (*LEAD, *STAFF),
    "reports.end_schedule": (*LEAD, *STAFF),
    "reports.use": (*LEAD, *STAFF),  # whose figures they see is the query’s business
}


HOME: dict[str, tuple[str, ...]] = {
    "home.show": (SIGNED_IN,),
    "home.record": (SIGNED_IN,),
    "home.record_pdf": (SIGNED_IN,),
    "home.agency": LEAD,
    "home.headcounts": (*LEAD, *STAFF),
    "home.headcount_template": (*LEAD, *STAFF),
    "home.upload_headcounts": (*LEAD, *STAFF),
    "home.record_headcounts": (*LEAD, *STAFF),
    "home.matrix": (SIGNED_IN,),  # whose people they see is the query's business
    "home.person": (SIGNED_IN,),  # whom they see is the query's business
}


SEARCH: dict[str, tuple[str, ...]] = {
    "search.index": (*LEAD, *STAFF),  # what they find is the queries' business
}


LETTERS: dict[str, tuple[str, ...]] = {
    "letters.index": STAFF,
    "letters.show": STAFF,
    "letters.send_again": STAFF,
    "letters.texts": STAFF,
    "letters.change_text": STAFF,
    "letters.restore_text": STAFF,
    "letters.development": (PUBLIC,),  # these two answer 404 unless APP_ENV is development
    "letters.development_letter": (PUBLIC,),
}


ACCESS: dict[str, tuple[str, ...]] = {
    **CORE,
    **AGENCIES,
    **PEOPLE,
    **COURSES,
    **BOOKINGS,
    **ACCREDITATION,
    **ATTENDANCE,
    **QUIZZES,
    **TRAINERS,
    **EVALUATIONS,
    **CERTIFICATES,
    **TOOLS,
    **CASE_AUDITS,
    **NEEDS,
    **PROGRAMME,
    **CATALOGUE,
    **REPORTS,
    **HOME,
    **SEARCH,
    **LETTERS,
}
