package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// anyone needs no login; all other routes take a login and the permission beside them. For which units
// is asked by the services.
const anyone accounts.Permission = 0

type route struct {
	method, path string
	need         accounts.Permission
	handler      echo.HandlerFunc
}

const (
	reportPath = "/reports/:unit/:form/:period"
	formPath   = "/forms/:form"
)

// routes is every page there is.
func (s *Server) routes() []route {
	return append(s.formRoutes(), []route{
		{get, "/login", anyone, s.showLogin},
		{post, "/login", anyone, s.login},
		{post, "/logout", anyone, s.logout},
		{post, "/language", anyone, s.chooseLanguage},
		{get, "/healthz", anyone, s.health},
		{get, "/version", accounts.ReadFigures, s.showVersion},

		{get, "/", accounts.ReadFigures, s.showStart},
		{get, "/tasks", accounts.FileReports, s.showTasks},
		{post, "/tasks/handover", accounts.FileReports, s.dismissHandover},
		{get, "/matrix", accounts.FileReports, s.showMatrix},
		{get, "/handover", accounts.ManageUsers, s.showHandovers},
		{get, handoverPath, accounts.ManageUsers, s.showHandover},
		{post, handoverPath, accounts.ManageUsers, s.handOver},
		{get, "/reports", accounts.ReadFigures, s.showReports},
		{get, "/review", accounts.ReviewReports, s.showReview},
		{get, "/reports/export", accounts.ReadFigures, s.exportReports},
		{get, workbookPath, accounts.FileReports, s.showUpload},
		{post, workbookPath, accounts.FileReports, s.uploadBatch},
		{get, reportPath + "/template", accounts.ReadFigures, s.downloadTemplate},
		{post, reportPath + workbookPath, accounts.FileReports, s.uploadReport},
		{get, "/review/accept", accounts.ReviewReports, s.showReview},
		{post, "/review/accept", accounts.ReviewReports, s.acceptUsual},
		{get, "/restatements", accounts.ReadFigures, s.showRestatements},
		{get, reportPath, accounts.ReadFigures, s.showReport},
		{post, reportPath, accounts.FileReports, s.saveReport},
		{post, reportPath + "/cells/:item", accounts.FileReports, s.saveCell},
		{post, reportPath + "/sections/:section/confirm", accounts.FileReports, s.confirmSection},
		{post, attachPath, accounts.FileReports, s.attachEvidence},
		{post, attachPath + "/remove", accounts.FileReports, s.detachEvidence},
		{post, reportPath + "/explanations/:check", accounts.FileReports, s.explainCheck},
		{get, reportPath + "/:act", accounts.ReadFigures, s.backToReport},
		{post, reportPath + "/submit", accounts.FileReports, s.submitReport},
		{post, reportPath + "/withdraw", accounts.FileReports, s.withdrawReport},
		{post, reportPath + "/return", accounts.ReviewReports, s.returnReport},
		{post, reportPath + "/accept", accounts.ReviewReports, s.acceptReport},
		{post, reportPath + "/reopen", accounts.ReviewReports, s.reopenReport},
		{post, reportPath + "/discussion", accounts.DiscussReports, s.discussReport},
		{get, reportPath + "/print", accounts.ReadFigures, s.printReport},
		{get, "/home", accounts.ReadFigures, s.showHome},
		{get, "/screen", accounts.ReadFigures, s.showScreen},
		{get, "/screen/figures", accounts.ReadFigures, s.showScreen},
		{get, "/screen/events", accounts.ReadFigures, s.streamScreen},
		{get, dashboardsPath, accounts.ReadFigures, s.showDashboards},
		{get, dashboardPath, accounts.ReadFigures, s.showDashboard},
		{get, dashboardPath + "/:card", accounts.ReadFigures, s.exportCard},
		{get, mapPath, accounts.ManagePlan, s.showMapFile},
		{post, mapPath, accounts.ManagePlan, s.uploadMap},
		{post, mapPath + "/remove", accounts.ManagePlan, s.removeMap},
		{get, shapesPath, accounts.ReadFigures, s.sendShapes},
		{post, "/urge", accounts.ReviewReports, s.urge},
		{get, "/inbox", accounts.ReadFigures, s.showInbox},
		{post, "/inbox/read", accounts.ReadFigures, s.readAllNotices},
		{get, "/inbox/:notice", accounts.ReadFigures, s.openNotice},
		{post, "/inbox/:notice/read", accounts.ReadFigures, s.readNotice},
		{get, "/account", accounts.ReadFigures, s.showAccount},
		{post, "/account", accounts.ReadFigures, s.saveAccount},
		{get, "/units/:unit", accounts.ReadFigures, s.showUnit},
		{post, lightsPath, accounts.OverrideLights, s.setLight},
		{post, uploadPath, accounts.FileReports, s.uploadEvidence},
		{get, filePath, accounts.ReadFigures, s.downloadEvidence},
		{get, filePath + "/thumbnail", accounts.ReadFigures, s.showThumbnail},

		{get, "/supervision", accounts.ReadFigures, s.showOrders},
		{get, "/supervision/new", accounts.ReviewReports, s.showNewOrder},
		{post, "/supervision", accounts.ReviewReports, s.issueOrder},
		{get, orderPath, accounts.ReadFigures, s.showOrder},
		{post, orderPath + "/raise", accounts.ReviewReports, s.raiseOrder},
		{post, orderPath + "/sign", accounts.ReadFigures, s.signOrder},
		{post, orderPath + "/withdraw", accounts.ReviewReports, s.withdrawOrder},
		{get, "/calendar", accounts.ReadFigures, s.showCalendar},
		{post, "/calendar/:form/:period", accounts.ManagePlan, s.setDates},
	}...)
}

// formRoutes is the pages of forms and of their editor.
func (s *Server) formRoutes() []route {
	return []route{
		{get, "/forms", accounts.ReadFigures, s.showForms},
		{post, "/forms", accounts.ManagePlan, s.createForm},
		{get, formPath, accounts.ReadFigures, s.showForm},
		{get, formPath + "/versions/:no", accounts.ReadFigures, s.showFormVersion},
		{get, formPath + "/edit", accounts.ManagePlan, s.showEdit},
		{post, formPath + "/edit", accounts.ManagePlan, s.saveHead},
		{get, formPath + "/edit/section", accounts.ManagePlan, s.showRow(sectionRow)},
		{post, formPath + "/edit/section", accounts.ManagePlan, s.saveRow(sectionRow)},
		{get, formPath + "/edit/item", accounts.ManagePlan, s.showRow(itemRow)},
		{post, formPath + "/edit/item", accounts.ManagePlan, s.saveRow(itemRow)},
		{get, formPath + "/edit/check", accounts.ManagePlan, s.showRow(checkRow)},
		{post, formPath + "/edit/check", accounts.ManagePlan, s.saveRow(checkRow)},
		{post, formPath + "/edit/move", accounts.ManagePlan, s.moveRow},
		{post, formPath + "/edit/delete", accounts.ManagePlan, s.deleteRow},
		{get, formPath + "/edit/text", accounts.ManagePlan, s.showDraftText},
		{post, formPath + "/edit/text", accounts.ManagePlan, s.saveDraftText},
		{get, formPath + "/try", accounts.ManagePlan, s.showTry},
		{post, formPath + "/try", accounts.ManagePlan, s.tryForm},
		{get, formPath + "/publish", accounts.ManagePlan, s.showPublish},
		{post, formPath + "/publish", accounts.ManagePlan, s.publishForm},
		{post, formPath + "/discard", accounts.ManagePlan, s.discardDraft},
	}
}

// allow lets handler run for an actor with the permission.
func (s *Server) allow(need accounts.Permission, handler echo.HandlerFunc) echo.HandlerFunc {
	if need == anyone {
		return handler
	}
	return func(c echo.Context) error {
		actor, ok := actorOf(c)
		if !ok {
			return fault.New(fault.Unauthorized, "login.needed")
		}
		if err := actor.Require(need); err != nil {
			return err
		}
		return handler(c)
	}
}
