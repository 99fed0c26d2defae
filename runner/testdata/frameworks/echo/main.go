// Command echo is a service of examples from echo's documentation.
package main

import (
	"net/http"
	"os"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// User binds from JSON, forms and queries.
type User struct {
	Name  string `json:"name" xml:"name" form:"name" query:"name"`
	Email string `json:"email" xml:"email" form:"email" query:"email"`
}

func main() {
	e := echo.New()
	e.Use(middleware.Logger())
	e.Use(middleware.Recover())
	e.GET("/", func(c echo.Context) error {
		return c.String(http.StatusOK, "Hello, World!")
	})
	e.GET("/users/:id", func(c echo.Context) error {
		return c.String(http.StatusOK, c.Param("id"))
	})
	e.GET("/show", func(c echo.Context) error {
		return c.String(http.StatusOK, "team:"+c.QueryParam("team")+", member:"+c.QueryParam("member"))
	})
	e.POST("/users", func(c echo.Context) error {
		u := new(User)
		if err := c.Bind(u); err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, u)
	})
	e.GET("/panic", func(echo.Context) error { panic("test") })
	e.Logger.Fatal(e.Start(":" + os.Getenv("FC_SERVER_PORT")))
}
